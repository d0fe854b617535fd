"""A TCP proxy on the way to a system: it can be slow, cut connections, or swallow everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Weather = Literal["fair", "slow", "reset", "swallow"]
_CHUNK = 65_536


@dataclass
class Proxy:
    """`weather` may be changed at any time; a connection that met a bad one stays lost."""

    host: str
    port: int
    url: str = ""
    weather: Weather = "fair"
    delay_seconds: float = 0.2
    lost: int = 0
    broken: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather == "reset":
            self.lost += 1
            writer.transport.abort()
            return
        onward, back = await asyncio.open_connection(self.host, self.port)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(reader, back))
                ways.create_task(self._pump(onward, writer))
        except* OSError:
            self.broken += 1
        finally:
            writer.close()
            back.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if self.weather == "slow":
                await asyncio.sleep(self.delay_seconds)
            if self.weather == "swallow":
                self.lost += 1
                await self._swallow(reader)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(_CHUNK):
            continue
        raise ConnectionResetError("whoever waited has gone")


@asynccontextmanager
async def proxy(target: str) -> AsyncIterator[Proxy]:
    """A proxy before the server of this URL, on a free port of this machine."""
    parts = urlsplit(target)
    found = Proxy(parts.hostname or "", parts.port or 0)
    carried: set[asyncio.Task[None]] = set()

    def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried.add(asyncio.create_task(found.carry(reader, writer)))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    found.url = f"http://{host}:{port}"
    try:
        yield found
    finally:
        server.close()
        for each in carried:
            each.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
