"""The outermost layer: request ids, sizes, content types, and no exception text to the outside."""

import json
import logging
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.ids import new_id
from server.api import problems

_log = logging.getLogger("agentos.api")

MAX_BODY = 64 * 1024
_BODY_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class Edge:
    """Refuses what no route should see; the store and the systems cannot keep NUL or surrogates."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def reply(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            problem, receive = await _inspect(scope, receive, request_id)
            if problem is None:
                await self._app(scope, receive, reply)
                return
        except Exception:
            _log.exception("request %s failed", request_id)
            if started:
                raise
            problem = problems.plain(500, "Something went wrong in this service.", request_id)
        await _refuse(problem, reply)


async def _inspect(
    scope: Scope, receive: Receive, request_id: str
) -> tuple[dict[str, Any] | None, Receive]:
    """A problem with the request as such, or None; and the body to be read again."""
    for raw in (scope["path"], scope["query_string"].decode("latin-1")):
        if "\x00" in raw or "%00" in raw or _has_surrogate(raw):
            return problems.plain(404, "There is nothing at this address.", request_id), receive
    if scope["method"] not in _BODY_METHODS:
        return None, receive
    content = await _read(receive)
    if content is None:
        return problems.plain(413, "The body is larger than 64 KiB.", request_id), receive
    kind = Headers(scope=scope).get("content-type", "").split(";")[0].strip().lower()
    if content and kind != "application/json":
        return problems.plain(415, "The body must be application/json.", request_id), receive
    if content:
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            return problems.plain(400, "The body is not JSON.", request_id), receive
        if not _storable(data):
            detail = "The body holds a NUL character, a lone surrogate or a value beyond JSON."
            return problems.plain(422, detail, request_id), receive
    return None, _again(content, receive)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large."""
    content = bytearray()
    while True:
        message = await receive()
        content += message.get("body", b"")
        if len(content) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return bytes(content)


def _again(content: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    return replay


def _storable(data: Any) -> bool:
    """Whether every text in it can be kept, at any depth."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if "\x00" in value or _has_surrogate(value):
                return False
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, float) and value - value != 0:
            return False
    return True


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


async def _refuse(problem: dict[str, Any], send: Send) -> None:
    content = problems.encode(problem)
    headers = [
        (b"content-type", problems.MEDIA_TYPE.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem["status"], "headers": headers})
    await send({"type": "http.response.body", "body": content})
