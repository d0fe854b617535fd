"""What every Brevo route shares: the key, the limits, and how it says no."""

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from sandbox.control import store_of
from sandbox.seed import BREVO_API_KEY
from sandbox.store import Store

LIMITS = {
    "x-sib-ratelimit-limit": "100",
    "x-sib-ratelimit-remaining": "99",
    "x-sib-ratelimit-reset": "60",
}


class BrevoError(Exception):
    """Answered as `{"code", "message"}`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message}


def missing(what: str) -> BrevoError:
    return BrevoError(404, "document_not_found", f"{what} does not exist")


def invalid(message: str) -> BrevoError:
    return BrevoError(400, "invalid_parameter", message)


async def opened(request: Request) -> tuple[Store, dict[str, Any]]:
    """The store and the JSON body, once the key is right."""
    if request.headers.get("api-key") != BREVO_API_KEY:
        raise BrevoError(401, "unauthorized", "Key not found")
    raw = await request.body()
    if not raw:
        return store_of(request), {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise BrevoError(400, "bad_request", "Input is not a valid JSON") from None
    if not isinstance(body, dict):
        raise invalid("Input must be an object")
    return store_of(request), body


def answer(status: int, body: Any = None) -> Response:
    if body is None:
        return Response(status_code=status, headers=LIMITS)
    return JSONResponse(body, status_code=status, headers=LIMITS)


def timestamp() -> str:
    """As Brevo writes it: milliseconds, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
