"""A stream that says only that something has changed; what it is, the page reads by itself."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress

from fastapi.sse import format_sse_event

from server.auth.exchange import Still, always
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
        self._open: set[asyncio.Event] = set()
        self._watch: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Whether no further page is served; it then asks now and then."""
        return len(self._open) >= self._limit

    async def follow(
        self,
        topic: str,
        *,
        left: asyncio.Future[None] | None = None,
        still: Still = always,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> AsyncGenerator[bytes]:
        """A poke at once and with every change; events come in bursts, and a burst is one poke.

        Also after `quiet_seconds` without any: ages on the page grow, and a ring that was lost
        costs no more than that. It ends when `left` is done, and with a word of its own when
        whoever looks may do so no more.
        """
        clock = asyncio.get_running_loop().time
        ends_at = clock() + LIFE_SECONDS
        with self._bell.listen(topic) as rung, self._opened(rung):
            if left is not None:
                left.add_done_callback(lambda _: rung.set())
            yield format_sse_event(retry=RETRY_MILLISECONDS)
            while not self._stopping.is_set() and clock() < ends_at and not (left and left.done()):
                rung.clear()
                if not await still():
                    yield format_sse_event(event="end", data_str="")
                    return
                yield format_sse_event(event="poke", data_str="")
                with suppress(TimeoutError):
                    async with asyncio.timeout(quiet_seconds):
                        await rung.wait()
                await asyncio.sleep(CALM_SECONDS)

    @contextmanager
    def _opened(self, rung: asyncio.Event) -> Iterator[None]:
        """One task wakes all streams when the server stops: one for each would cost too much."""
        self._open.add(rung)
        if self._watch is None:
            self._watch = asyncio.ensure_future(self._wake_all())
        try:
            yield
        finally:
            self._open.discard(rung)
            if not self._open:
                self._watch.cancel()
                self._watch = None

    async def _wake_all(self) -> None:
        await self._stopping.wait()
        for rung in self._open:
            rung.set()
