"""How a CommonGrants server answers: envelopes, pages, and refusals in the protocol's form."""

import json
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from sandbox.control import store_of
from sandbox.seed import GRANTS_TOKEN
from sandbox.store import Body, Store

PAGE_SIZE = 100


class GrantsError(Exception):
    """Answered as `{"status", "message", "errors"}`, each error with `field` and `message`."""

    def __init__(self, status: int, message: str, errors: Sequence[Body] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.body: Body = {"status": status, "message": message, "errors": list(errors)}


def invalid(field: str, message: str) -> GrantsError:
    """The 422 of the servers that exist; the description names no status for this."""
    return GrantsError(422, "Validation error", [{"field": field, "message": message}])


class _Route(APIRoute):
    """Turns a refusal into the protocol's own form of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except GrantsError as error:
                return JSONResponse(error.body, status_code=error.status)

        return guarded


def new_router() -> APIRouter:
    return APIRouter(route_class=_Route)


@dataclass(frozen=True)
class Call:
    """One request by somebody with the token."""

    request: Request
    store: Store

    def found(self, kind: str, id: str) -> Body:
        """The object, or 404."""
        body = self.store.get("grants", kind, id)
        if body is None:
            raise GrantsError(404, f"The {kind} was not found")
        return body

    async def body(self) -> Body:
        """The JSON object that was sent."""
        try:
            data = json.loads(await self.request.body() or b"{}")
        except ValueError:
            raise GrantsError(400, "The body is not JSON") from None
        if not isinstance(data, dict):
            raise invalid("", "The body must be an object")
        return data


async def _call(request: Request) -> Call:
    if request.headers.get("authorization") != f"Bearer {GRANTS_TOKEN}":
        raise GrantsError(401, "Unauthorized")
    return Call(request, store_of(request))


Asked = Annotated[Call, Depends(_call)]


def success(data: Any, status: int = 200) -> Response:
    """One object in its envelope."""
    return JSONResponse({"status": status, "message": "Success", "data": data}, status_code=status)


def page_of(items: Sequence[Body], given: Any, **rest: Any) -> Response:
    """One page of a list, counted from 1; `given` may hold `page` and `pageSize`."""
    page, size = _positive(given, "page", 1), _positive(given, "pageSize", PAGE_SIZE)
    total = len(items)
    info = {"page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size)}
    shown = list(items[(page - 1) * size : page * size])
    body = {"status": 200, "message": "Success", "items": shown, "paginationInfo": info}
    return JSONResponse(body | rest)


def identity(given: Any, field: str) -> str:
    """A UUID, which all ids of the protocol are."""
    try:
        return str(uuid.UUID(given))
    except (ValueError, AttributeError, TypeError):
        raise invalid(field, f"{field} must be a UUID") from None


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _positive(given: Any, field: str, usual: int) -> int:
    text = str(given.get(field, usual))
    if not text.isdecimal() or int(text) < 1:
        raise invalid(field, f"{field} must be a positive number")
    return int(text)
