"""The engine of SQLite mode: one loop in this process that picks due runs and executes them."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

from server.lifecycle.service import Bell
from server.store import claims
from server.store.claims import NO_LIMITS, Claim, Limits, Worker
from server.store.database import Database
from server.store.transactions import Transaction
from server.worker.drive import Driver
from server.worker.execute import GRACE_SECONDS, LEASE_SECONDS, Executor

_log = logging.getLogger("agentos.worker")

SWEEP_SECONDS = 30.0
_CROWDED_SECONDS = 0.1
OWNER = "embedded"


class EmbeddedEngine:
    """A run's row is the doorbell: due when `wake_at` has come. See `server.lifecycle.Engine`.

    `slots` runs are executed at a time. Claims left by an earlier life are freed at the start,
    which is right because the store admits one process only.
    """

    def __init__(
        self,
        database: Database,
        bell: Bell,
        *,
        slots: int = 8,
        limits: Limits = NO_LIMITS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.name = OWNER
        self._database = database
        self._limits = limits
        self._grace_seconds = grace_seconds
        self._slots = asyncio.Semaphore(slots)
        self._due = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._executor = Executor(database, bell, self._ring)
        self._executing: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """See `server.lifecycle.service.Engine`."""
        await claims.wake(tx, run_id, priority=priority, at=at)
        tx.after_commit(self._due.set)

    async def _ring(self, tx: Transaction, run_id: str, at: datetime) -> None:
        tx.after_commit(self._due.set)

    @property
    def alive(self) -> bool:
        """Whether the loop is running."""
        return self._loop is not None and not self._loop.done()

    async def serve(self, driver: Driver) -> None:
        """Begin to execute runs; returns at once."""
        async with self._database.write() as tx:
            await claims.free(tx)
        self._loop = asyncio.create_task(self._run(driver), name="agentos-engine")

    async def drain(self) -> None:
        """Park every run at its next boundary and stop; what is not parked in time is cut off.

        Whatever was cut off is taken up where it stood at the next start.
        """
        self._stopping = True
        self._executor.stop()
        self._due.set()
        until = time.monotonic() + self._grace_seconds
        if self._loop:
            await _ended({self._loop}, until)  # it may still be starting what it has claimed
        await _ended(set(self._executing), until)

    async def _run(self, driver: Driver) -> None:
        worker = Worker(self.name, driver.graph_versions, LEASE_SECONDS)
        while not self._stopping:
            self._due.clear()
            try:
                await self._start_all(driver, worker)
                seconds = await self._idle_seconds()
            except Exception:  # noqa: BLE001 - the loop outlives whatever the store does
                _log.exception("the engine could not look for work")
                seconds = 1.0
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._due.wait()

    async def _start_all(self, driver: Driver, worker: Worker) -> None:
        """Claim and start whatever is due, as long as a slot is free."""
        while not self._stopping:
            await self._slots.acquire()
            claim: Claim | None = None
            try:
                if self._stopping:
                    return
                async with self._database.write() as tx:
                    claim = await claims.take(tx, worker, self._limits)
            finally:
                if claim is None:
                    self._slots.release()
            if claim is None:
                return
            task = asyncio.create_task(self._executor.execute(driver, claim))
            self._executing.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._executing.discard(task)
        self._slots.release()
        self._due.set()

    async def _idle_seconds(self) -> float:
        async with self._database.read() as tx:
            due = await claims.next_due(tx)
        if due is None:
            return SWEEP_SECONDS
        seconds = (due - datetime.now(UTC)).total_seconds()
        return min(seconds, SWEEP_SECONDS) if seconds > 0 else _CROWDED_SECONDS


async def _ended(tasks: set[asyncio.Task[None]], until: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=max(until - time.monotonic(), 0))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
