"""Every refusal as RFC 9457 problem details: what to do is told, what was sent is not repeated."""

from http import HTTPStatus
from math import ceil

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from domain import errors as domain
from domain.errors import AgentOSError, Invalid, NotFound
from server.api import errors as edge
from server.api.refusals import shown
from server.auth import oidc
from server.auth.exchange import REQUEST_ID

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1

_STATUS: dict[type[AgentOSError], int] = {
    domain.NotFound: 404,
    domain.NotAllowed: 403,
    domain.Replayed: 401,
    domain.Invalid: 422,
    domain.IllegalMove: 409,
    domain.KeyReused: 422,
    domain.VersionMismatch: 412,
    domain.Overloaded: 429,
    domain.StoreUnavailable: 503,
    edge.Malformed: 400,
    edge.Unauthenticated: 401,
    oidc.LoginRefused: 401,
    oidc.ProviderAway: 503,
    edge.MethodNotAllowed: 405,
    edge.TooLarge: 413,
    edge.NotJson: 415,
    edge.Busy: 503,
}
_DEFECT = AgentOSError("The service failed to answer; nothing is known about the cause here.")


class Problem(BaseModel):
    """One refused request. `code` is stable; `request_id` finds it in the log."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "urn:agentos:problem:not_found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no run with this id.",
                "code": "not_found",
                "advice": "Check the id; `GET /api/v1/runs` lists what exists.",
                "request_id": "req_01jd0c3v8k5m2n7p9q4r6t",
            }
        },
    )

    type: str = Field(description="A URN that names the kind of problem; it never changes.")
    title: str
    status: int
    detail: str = Field(description="One sentence about this refusal.")
    code: str
    advice: str = Field(description="One sentence: what to do next.")
    request_id: str
    field: str | None = Field(default=None, description="Of `invalid`: the value that is wrong.")
    winner: dict[str, str | None] | None = Field(
        default=None, description="Of `already_decided`: the decision that stands."
    )
    current_digest: str | None = Field(
        default=None, description="Of `stale_plan`: the digest of the plan that is open."
    )
    checks: dict[str, str] | None = Field(
        default=None, description="Of `not_ready`: what is wrong, by name."
    )


def install(app: FastAPI) -> None:
    """Answer every error that is ours or the framework's; the envelope answers the rest."""
    for kind in (AgentOSError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)


def answer(error: AgentOSError, request_id: str) -> JSONResponse:
    """The response to an error; one that has no status of its own is a defect, told as such."""
    status = _status(error)
    if status is None:
        return reply(500, _DEFECT.code, _DEFECT.message, _DEFECT.advice, request_id)
    more: dict[str, object] = {}
    headers: dict[str, str] = {}
    match error:
        case domain.AlreadyDecided(winner=winner):
            more["winner"] = winner
        case domain.StalePlan(current_digest=current):
            more["current_digest"] = current
        case Invalid(field=field) if field:
            more["field"] = field
        case domain.Overloaded(after_seconds=seconds):
            headers["Retry-After"] = str(ceil(seconds))
        case edge.KeyRequired() | oidc.LoginRefused():
            headers["WWW-Authenticate"] = "Bearer"
        case edge.Unauthenticated() | domain.Replayed():
            headers["WWW-Authenticate"] = "Webhook-Signature"
    return reply(
        status, error.code, error.message, error.advice, request_id, headers=headers, **more
    )


def reply(
    status: int,
    code: str,
    detail: str,
    advice: str,
    request_id: str,
    *,
    headers: dict[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """Problem details; a temporary failure says when to come back."""
    body: dict[str, object] = {
        "type": f"urn:agentos:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "advice": advice,
        "request_id": request_id,
    }
    again = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return JSONResponse(body | more, status, again | (headers or {}), MEDIA_TYPE)


def _status(error: AgentOSError) -> int | None:
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), None)


async def _handle(request: Request, error: Exception) -> Response:
    return await shown(request.scope, _told(request, error))


def _told(request: Request, error: Exception) -> JSONResponse:
    request_id = request.scope[REQUEST_ID]
    if isinstance(error, HTTPException):
        return _framework(request, error, request_id)
    ours = _invalid(error) if isinstance(error, RequestValidationError) else error
    if not isinstance(ours, AgentOSError):
        raise error
    if _status(ours) is None:
        raise error  # a defect: the envelope logs it with its traceback
    return answer(ours, request_id)


def _framework(request: Request, error: HTTPException, request_id: str) -> JSONResponse:
    """The framework's own refusals; their `detail` may repeat what was sent, so it is left out."""
    match error.status_code:
        case 404:
            nothing = NotFound("There is nothing at this address.", advice="See /docs.")
            return answer(nothing, request_id)
        case 405:
            refused = answer(edge.MethodNotAllowed("This address has other methods."), request_id)
            refused.headers["Allow"] = ", ".join(_methods(request)) or "GET, HEAD"
            return refused
        case 400:
            return answer(edge.Malformed("The body could not be read."), request_id)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    return reply(status, code, f"{status.phrase}.", "See /docs.", request_id)


def _methods(request: Request) -> list[str]:
    """All methods of an address: the router itself names those of its first route only."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(path):
            found |= route.methods
    return sorted(found | {"HEAD"} if "GET" in found else found)


def _invalid(error: RequestValidationError) -> Invalid:
    """The first fault in words; never with the value, nor with a name that the caller made up."""
    first = error.errors()[0]
    place, *inside = (str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return Invalid(
            f"The {place} has a field that is not known here.",
            field=".".join(inside[:-1]),
            advice="Leave out what /docs does not list.",
        )
    name = ".".join(inside) or place
    if first["type"] == "missing":
        return Invalid(f"{name} is missing.", field=name, advice="See /docs for what is required.")
    return Invalid(f"{name}: {first['msg']}.", field=name)
