"""Back-pressure: launches wait in a short line of their own, and none is taken into a long one."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.errors import Overloaded
from server.store import runs
from server.store.transactions import Transaction

AT_A_TIME = 4
"""Launches in the database at once; approvals never wait behind more than these."""

IN_LINE = 256
MAX_QUEUED = 10_000
_RECOUNT_SECONDS = 1.0
_USUAL_RATE = 20.0
_LONGEST_SECONDS = 60.0


class Intake:
    """`Overloaded` says when to come back; a launch that was answered is never dropped.

    How many runs are queued is counted once a second, and in between by what this process adds.
    """

    def __init__(self, max_queued: int = MAX_QUEUED) -> None:
        self._max_queued = max_queued
        self._line = 0
        self._room = asyncio.Semaphore(AT_A_TIME)
        self._queued = 0
        self._counted_at = float("-inf")
        self._rate = _USUAL_RATE

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place in the line of this process."""
        if self._line >= IN_LINE:
            raise Overloaded("Too many launches arrive at once.", after_seconds=1.0)
        self._line += 1
        try:
            async with self._room:
                yield
        finally:
            self._line -= 1

    async def admit(self, tx: Transaction) -> None:
        """One more run may be queued."""
        now = time.monotonic()
        passed = now - self._counted_at
        if passed >= _RECOUNT_SECONDS:
            found = await runs.count_queued(tx, at_most=self._max_queued)
            drained = self._queued - found
            if drained > 0:
                self._rate = max(drained / passed, 1.0)
            self._queued, self._counted_at = found, now
        if self._queued >= self._max_queued:
            raise Overloaded(
                f"{self._max_queued} runs wait to be planned already.",
                after_seconds=min(max(self._queued / self._rate, 1.0), _LONGEST_SECONDS),
            )
        self._queued += 1
