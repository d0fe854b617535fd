"""Faults on demand, as the outermost layer: what networks and vendors do on a bad day."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import journal
from sandbox.store import Body, Store, horizon

KIND = "fault"
KINDS = frozenset(
    {
        "rate_limit",
        "status",
        "slow",
        "reset_before",
        "lost_after_effect",
        "status_after_effect",
        "html_200",
        "truncated_json",
        "auth_revoked",
        "eventual",
    }
)
_UNJOURNALED = ("_sandbox", "view", "bedrock", "")  # Bedrock keeps a record of its own


class FaultLayer:
    """Journals each request and answers it as the armed fault says, or passes it on."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].split("/")[1] in _UNJOURNALED:
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        method, path = scope["method"], scope["path"]
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        number = journal.note(self._store, method, path, query, body, headers)
        fault = self._take(method, path)
        answer = Recorder(self._app, scope, body)
        status = await self._answer(fault, answer, send)
        kind = fault["kind"] if fault else None
        journal.finish(self._store, number, status=status, fault=kind)

    def _take(self, method: str, path: str) -> Body | None:
        """The first armed fault that matches, used up by one."""
        system = path.split("/")[1]
        for fault in self._store.all(journal.SYSTEM, KIND):
            if fault["system"] not in (None, system):
                continue
            if fault["method"] not in (None, method):
                continue
            if not re.search(fault["path_regex"] or "", path):
                continue
            if fault["kind"] == "eventual" and not journal.is_read(method, path):
                continue
            if fault["skip"] > 0:
                self._save(fault | {"skip": fault["skip"] - 1})
                continue
            if fault["times"]:
                left = fault["times"] - 1
                if left:
                    self._save(fault | {"times": left})
                else:
                    self._store.delete(journal.SYSTEM, KIND, fault["id"])
            return fault
        return None

    def _save(self, fault: Body) -> None:
        self._store.put(journal.SYSTEM, KIND, fault["id"], fault)

    async def _answer(self, fault: Body | None, answer: "Recorder", send: Send) -> int | None:
        """Returns the status that the client saw, None if it saw none."""
        if fault is None:
            await answer.run()
            await answer.send(send)
            return answer.status
        match fault["kind"]:
            case "slow":
                await asyncio.sleep(fault["seconds"])
                await answer.run()
            case "eventual":
                token = horizon.set(fault["horizon"])
                try:
                    await answer.run()
                finally:
                    horizon.reset(token)
            case "reset_before":
                _abort(send)
                return None
            case "lost_after_effect":
                await answer.run()
                _abort(send)
                return None
            case "truncated_json":
                await answer.run()
                answer.body = answer.body[: max(1, len(answer.body) // 2)]
            case "status_after_effect":
                await answer.run()
                answer.replace(fault["status"], {"message": "Bad Gateway"})
            case "status":
                answer.replace(fault["status"], {"message": "Service Unavailable"})
            case "html_200":
                answer.replace(200, "<html><body>Please log in.</body></html>")
            case "auth_revoked":
                answer.replace(*_revoked(answer.system))
            case "rate_limit":
                answer.replace(*_limited(answer.system, fault))
        await answer.send(send)
        return answer.status


class Recorder:
    """One request to the app behind, whose answer is kept instead of sent."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        self._app, self._scope, self._request_body = app, scope, body
        self.system = scope["path"].split("/")[1]
        self.status, self.headers, self.body = 500, list[tuple[bytes, bytes]](), b""

    async def run(self) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": self._request_body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status, self.headers = message["status"], list(message["headers"])
            elif message["type"] == "http.response.body":
                self.body += message.get("body", b"")

        await self._app(self._scope, receive, keep)

    def replace(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Answer something else."""
        is_text = isinstance(body, str)
        self.status = status
        self.body = body.encode() if is_text else json.dumps(body).encode()
        kind = "text/html" if is_text else "application/json"
        pairs = {"content-type": kind, **(headers or {})}
        self.headers = [(k.encode(), v.encode()) for k, v in pairs.items()]

    async def send(self, send: Send) -> None:
        headers = [(k, v) for k, v in self.headers if k.lower() != b"content-length"]
        headers.append((b"content-length", str(len(self.body)).encode()))
        if self.status in (204, 304):
            headers, self.body = headers[:-1], b""
        head = {"type": "http.response.start", "status": self.status, "headers": headers}
        await send(head)
        await send({"type": "http.response.body", "body": self.body})


def arm(store: Store, wanted: Body) -> Body:
    """Store a fault; `ValueError` when there is no such kind."""
    if wanted.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    defaults: Body = {"system": None, "method": None, "path_regex": None, "skip": 0, "times": 1}
    number = store.next_id(journal.SYSTEM, KIND)
    fault = defaults | {"status": 502, "seconds": 1.0} | wanted | {"id": number}
    if fault["kind"] == "status" and "status" not in wanted:
        fault["status"] = 503
    if fault["kind"] == "eventual":
        fault |= {"horizon": store.newest(), "times": wanted.get("reads", fault["times"])}
    store.put(journal.SYSTEM, KIND, number, fault)
    return fault


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _abort(send: Send) -> None:
    """Cut the connection under the client; uvicorn's own transport is behind `send`."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]


def _revoked(system: str) -> tuple[int, Any]:
    if system == "slack":
        return 200, {"ok": False, "error": "token_revoked"}
    if system == "brevo":
        return 401, {"code": "unauthorized", "message": "Key not found"}
    return 401, {"status": 401, "message": "Bad credentials", "errors": []}


def _limited(system: str, fault: Body) -> tuple[int, Any, dict[str, str]]:
    """As each vendor says it; `style` chooses where the waiting time stands, if anywhere."""
    seconds = fault.get("retry_after", 1)
    style = fault.get("style", "reset_header" if system == "brevo" else "retry_after")
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    headers: dict[str, str] = {}
    if style == "retry_after":
        headers["retry-after"] = str(seconds)
    elif style == "http_date":
        headers["retry-after"] = format_datetime(until, usegmt=True)
    elif style == "reset_header":
        if system == "brevo":
            headers["x-sib-ratelimit-reset"] = str(seconds)
        else:
            headers["x-ratelimit-remaining"] = "0"
            headers["x-ratelimit-reset"] = str(int(until.timestamp()))
    if system == "slack":
        return 429, {"ok": False, "error": "ratelimited"}, headers
    if system == "github":
        message = "You have exceeded a secondary rate limit. Please wait and try again."
        return 403, {"message": message, "documentation_url": "https://docs.github.com"}, headers
    if system == "brevo":
        return 429, {"code": "too_many_requests", "message": "Rate limit exceeded"}, headers
    return 429, {"status": 429, "message": "Too many requests", "errors": []}, headers
