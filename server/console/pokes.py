"""A stream that says only that something has changed; what it is, the page reads by itself."""

import asyncio
from collections.abc import AsyncGenerator

from fastapi.sse import format_sse_event

from server.lifecycle.service import Bell

RETRY_MILLISECONDS = 1_000
QUIET_SECONDS = 15.0
LIFE_SECONDS = 600.0
CALM_SECONDS = 0.05


class Pokes:
    """The open pages of this process: at most `limit`, and all end when `stopping` is set."""

    def __init__(self, bell: Bell, stopping: asyncio.Event, *, limit: int = 2_000) -> None:
        self._bell = bell
        self._stopping = stopping
        self._limit = limit
        self._open = 0

    @property
    def full(self) -> bool:
        """Whether no further page is served; it then asks now and then."""
        return self._open >= self._limit

    async def follow(
        self, topic: str, *, quiet_seconds: float = QUIET_SECONDS
    ) -> AsyncGenerator[bytes]:
        """A poke at once and with every change; events come in bursts, and a burst is one poke.

        Also after `quiet_seconds` without any: ages on the page grow, and a ring that was lost
        costs no more than that.
        """
        self._open += 1
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + LIFE_SECONDS
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            yield format_sse_event(retry=RETRY_MILLISECONDS)
            with self._bell.listen(topic) as rung:
                while not stopped.done() and loop.time() < ends_at:
                    rung.clear()
                    yield format_sse_event(event="poke", data_str="")
                    ring = asyncio.ensure_future(rung.wait())
                    await asyncio.wait(
                        (ring, stopped),
                        timeout=quiet_seconds,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    ring.cancel()
                    await asyncio.sleep(CALM_SECONDS)
        finally:
            stopped.cancel()
            self._open -= 1
