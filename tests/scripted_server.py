"""A loopback HTTP server that gives the answers it was told to, one a request, and keeps count."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request; `path` is as it was sent, still quoted."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """What is sent back; `accident` breaks the connection or leaves the request hanging."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    accident: Literal["reset", "hang"] | None = None

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Script:
    """`answers` are used up in order; a request too many is answered with 599."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def then(self, status: int = 200, body: Any = None, **rest: Any) -> "Script":
        self.answers.append(Answer(status, body, **rest))
        return self

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await _read(reader))
            answer = self.answers.pop(0) if self.answers else Answer(599)
            if answer.accident == "reset":
                writer.transport.abort()
                return
            if answer.accident == "hang":
                await reader.read()
                return
            body = answer.encoded()
            head = {"content-type": "application/json", **answer.headers}
            head |= {"content-length": str(len(body)), "connection": "close"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            phrase = HTTPStatus(answer.status).phrase if answer.status < 512 else "Odd"
            writer.write(f"HTTP/1.1 {answer.status} {phrase}\r\n{lines}\r\n".encode() + body)
            await writer.drain()
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Asked(method, parts.path, query, headers, _decoded(body, headers))


def _decoded(body: bytes, headers: dict[str, str]) -> Any:
    if not body:
        return None
    if "form" in headers.get("content-type", ""):
        return dict(parse_qsl(body.decode()))
    return json.loads(body)


@asynccontextmanager
async def scripted() -> AsyncIterator[Script]:
    """A server on a free port of this machine, for as long as the block runs."""
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        await server.wait_closed()
