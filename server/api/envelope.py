"""What every exchange has, whichever route answers it: an id, a size limit, HEAD, a last resort."""

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import AgentOSError
from domain.ids import new_id
from domain.sheets import MAX_BYTES
from server.api import problems
from server.api.errors import TooLarge
from server.api.refusals import shown
from server.auth.exchange import REQUEST_ID

MAX_BODY_BYTES = 64 * 1024
SHEETS = "/api/v1/batches"
SHEETS_PAGE = "/batches"
MAX_UPLOAD_BYTES = 32 * 1024 * 1024
"""What a page hears out, keeping no more than a sheet may have, to say in words that it is more."""

_LIMITS = {SHEETS: MAX_BYTES, SHEETS_PAGE: MAX_UPLOAD_BYTES}
HEAD_KEY = "agentos.head"
_log = logging.getLogger("agentos.api")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Envelope:
    """The outermost middleware.

    The framework has a body limit of its own, but answers in plain text when Content-Length tells
    the size, so it is enforced here. HEAD is answered as GET without the body: no route of the
    framework takes HEAD by itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = _LIMITS.get(scope["path"], MAX_BODY_BYTES)
        head = scope["method"] == "HEAD"
        exchange = _Exchange(receive, send, _request_id(headers), limit, head=head)
        inner = {**scope, REQUEST_ID: exchange.request_id}
        if exchange.head:
            inner |= {"method": "GET", HEAD_KEY: True}
        try:
            exchange.refuse_if_larger(headers.get("content-length", "0"))
            await self._app(inner, exchange.receive, exchange.send)
        except ClientDisconnect:
            _log.info("request %s: the caller went away", exchange.request_id)
        except Exception as error:
            if not isinstance(error, TooLarge):
                _log.exception("request %s failed", exchange.request_id)
            if exchange.started:
                raise  # the server cuts the connection, so that half an answer is seen as half
            known = error if isinstance(error, TooLarge) else AgentOSError("")
            response = await shown(inner, problems.answer(known, exchange.request_id))
            await response(inner, exchange.receive, exchange.send)


class _Exchange:
    def __init__(
        self, receive: Receive, send: Send, request_id: str, limit: int, *, head: bool
    ) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._read_bytes = 0
        self.request_id = request_id
        self.head = head
        self.started = False

    def refuse_if_larger(self, declared: str) -> None:
        if declared.isdecimal() and (len(declared) > 9 or int(declared) > self._limit):
            raise TooLarge(self._limit)

    async def receive(self) -> Message:
        message = await self._receive()
        self._read_bytes += len(message.get("body", b""))
        if self._read_bytes > self._limit:
            raise TooLarge(self._limit)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            headers["X-Content-Type-Options"] = "nosniff"
        elif self.head:
            message = {**message, "body": b""}
        await self._send(message)


def _request_id(headers: Headers) -> str:
    """The caller's own id if it is a plain word, so that both sides' logs can be joined."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else new_id("req")
