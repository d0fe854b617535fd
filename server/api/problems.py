"""Errors as RFC 9457 problem details: a stable type, one sentence, one advice, no input echoed."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain import errors

_log = logging.getLogger("agentos.api")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "2"

STATUS: Mapping[type[errors.AgentOSError], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Invalid: 422,
    errors.IllegalMove: 409,
    errors.KeyReused: 422,
    errors.VersionMismatch: 412,
    errors.StoreUnavailable: 503,
}
"""By the nearest class; anything else is 500."""

_ADVICE = {
    400: ("malformed", "Send well-formed JSON and header values."),
    401: ("unauthorized", "Sign the request with a current secret."),
    404: ("not_found", "Check the address; /docs lists what exists."),
    405: ("method_not_allowed", "Use a method that the Allow header names."),
    406: ("not_acceptable", "Accept application/json."),
    413: ("too_large", "Send at most 64 KiB."),
    415: ("unsupported_media_type", "Send the header Content-Type: application/json."),
    422: ("invalid", "Correct the request and send it again."),
    429: ("too_many_requests", "Wait as long as the Retry-After header says."),
    503: ("unavailable", "Wait as long as the Retry-After header says."),
}


def body(
    status: int, code: str, detail: str, advice: str, request_id: str, **extra: Any
) -> dict[str, Any]:
    """The members of a problem; `extra` are those of its type."""
    return {
        "type": f"urn:agentos:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "advice": advice,
        "request_id": request_id,
        **extra,
    }


def encode(problem: dict[str, Any]) -> bytes:
    """The problem as it is sent."""
    return json.dumps(problem, ensure_ascii=False).encode()


def plain(status: int, detail: str, request_id: str) -> dict[str, Any]:
    """A problem that has no error of ours behind it."""
    code, advice = _ADVICE.get(status, ("error", errors.AgentOSError.advice))
    return body(status, code, detail, advice, request_id)


def _respond(problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    more = dict(headers or {})
    if problem["status"] in (429, 503):
        more.setdefault("Retry-After", RETRY_SECONDS)
    return JSONResponse(problem, status_code=problem["status"], headers=more, media_type=MEDIA_TYPE)


def _of_error(error: errors.AgentOSError, request_id: str) -> dict[str, Any]:
    status = next((STATUS[kind] for kind in type(error).mro() if kind in STATUS), 500)
    extra: dict[str, Any] = {}
    if isinstance(error, errors.AlreadyDecided):
        extra["winner"] = error.winner
    elif isinstance(error, errors.StalePlan):
        extra["current_digest"] = error.current_digest
    elif isinstance(error, errors.Invalid) and error.field:
        extra["field"] = error.field
    return body(status, error.code, error.message, error.advice, request_id, **extra)


def _field(error: Mapping[str, Any]) -> str:
    """Where the fault is: names and positions of ours, never a key that the caller made up."""
    made_up = error["type"] == "extra_forbidden"
    parts = [str(part) for part in error["loc"][1:]]
    return ".".join(parts[:-1] if made_up else parts)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, errors.AgentOSError)  # noqa: S101 - registered for this class
        problem = _of_error(error, request.state.request_id)
        if problem["status"] == 500:
            _log.error("request %s failed", problem["request_id"], exc_info=error)
        return _respond(problem)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
        first = error.errors()[0]
        request_id = request.state.request_id
        if first["type"] == "json_invalid":
            return _respond(plain(400, "The body is not JSON.", request_id))
        known = first["type"] != "extra_forbidden"
        detail = f"{first['msg']}." if known else "The request has a field that is not known."
        where = _field(first)
        advice = f"Correct {where}." if where else _ADVICE[422][1]
        return _respond(body(422, "invalid", detail, advice, request_id, field=where))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
        problem = plain(error.status_code, f"{error.detail}.", request.state.request_id)
        return _respond(problem, error.headers)

    app.add_exception_handler(errors.AgentOSError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
