"""An end to each exchange as a whole: httpx's own timeout is for each piece of an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import cast

import httpx

GRACE = 1.25
"""Times the timeout: a connection that cannot be made is told as such before the end comes."""


def deadline(timeout_seconds: float) -> float:
    """When an exchange that begins now must be over, on the loop's clock."""
    return asyncio.get_running_loop().time() + timeout_seconds * GRACE


@asynccontextmanager
async def before(until: float) -> AsyncIterator[None]:
    """`httpx.ReadTimeout` for what is not over by then."""
    try:
        async with asyncio.timeout_at(until):
            yield
    except TimeoutError:
        raise httpx.ReadTimeout("The answer took too long.") from None


class TimedTransport(httpx.AsyncHTTPTransport):
    """Ends exchanges that go on for too long, though each piece of the answer came in time."""

    def __init__(self, timeout_seconds: float, *, verify: SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=verify, limits=limits, trust_env=False)
        self._timeout_seconds = timeout_seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, whose body is read under the same deadline."""
        until = deadline(self._timeout_seconds)
        async with before(until):
            response = await super().handle_async_request(request)
        stream = cast(httpx.AsyncByteStream, response.stream)
        response.stream = _TimedStream(stream, until)
        return response


class _TimedStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, until: float) -> None:
        self._stream = stream
        self._until = until

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._stream)
        while True:
            async with before(self._until):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
