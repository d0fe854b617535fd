"""The engine of SQLite mode: one loop in this process that picks due runs and drives them."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from domain.errors import LeaseLost, StoreUnavailable
from server.lifecycle.reads import get_run
from server.lifecycle.service import Bell
from server.store import claims
from server.store.claims import Claim
from server.store.database import Database, Transaction
from server.worker.drive import Brake, Driver

_log = logging.getLogger("agentos.worker")

LEASE_SECONDS = 10.0
HEARTBEAT_SECONDS = 3.0
SWEEP_SECONDS = 30.0
MAX_FAILURES = 5
OWNER = "embedded"


class EmbeddedEngine:
    """A run's row is the doorbell: due when `wake_at` has come. See `server.lifecycle.Engine`.

    `slots` runs are driven at a time. Claims left by an earlier life are freed at the start, which
    is right because the store admits one process only.
    """

    def __init__(self, database: Database, bell: Bell, *, slots: int = 8) -> None:
        self._database = database
        self._bell = bell
        self._slots = asyncio.Semaphore(slots)
        self._due = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._driving: dict[asyncio.Task[None], Brake] = {}
        self._stopping = False

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """See `server.lifecycle.service.Engine`."""
        await claims.wake(tx, run_id, priority=priority, at=at)
        tx.after_commit(self._due.set)

    @property
    def alive(self) -> bool:
        """Whether the loop is running."""
        return self._loop is not None and not self._loop.done()

    async def serve(self, driver: Driver) -> None:
        """Begin to execute runs; returns at once."""
        async with self._database.write() as tx:
            await claims.release_all(tx)
        self._loop = asyncio.create_task(self._run(driver), name="agentos-engine")

    async def drain(self, grace_seconds: float = 10.0) -> None:
        """Park every run at its next boundary and stop; what is not parked in time is cut off.

        Whatever was cut off is taken up where it stood at the next start.
        """
        self._stopping = True
        for brake in self._driving.values():
            brake.stop()
        if self._driving:
            await asyncio.wait(self._driving, timeout=grace_seconds)
        if self._loop:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
        for task in list(self._driving):
            task.cancel()
        await asyncio.gather(*self._driving, return_exceptions=True)

    async def _run(self, driver: Driver) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                await self._start_all(driver)
                seconds = await self._idle_seconds()
            except Exception:  # noqa: BLE001 - the loop outlives whatever the store does
                _log.exception("the engine could not look for work")
                seconds = 1.0
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._due.wait()

    async def _start_all(self, driver: Driver) -> None:
        """Claim and start whatever is due, as long as a slot is free."""
        while not self._stopping:
            await self._slots.acquire()
            claim = None
            try:
                async with self._database.write() as tx:
                    claim = await claims.take(tx, OWNER, LEASE_SECONDS)
            finally:
                if claim is None:
                    self._slots.release()
            if claim is None:
                return
            brake = Brake()
            task = asyncio.create_task(self._execute(driver, claim, brake))
            self._driving[task] = brake
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._driving.pop(task, None)
        self._slots.release()
        self._due.set()

    async def _idle_seconds(self) -> float:
        async with self._database.read() as tx:
            due = await claims.next_due(tx)
        if due is None:
            return SWEEP_SECONDS
        return min(max((due - datetime.now(UTC)).total_seconds(), 0.01), SWEEP_SECONDS)

    async def _execute(self, driver: Driver, claim: Claim, brake: Brake) -> None:
        watcher = asyncio.create_task(self._watch(driver, claim, brake))
        again_at: datetime | None = None
        failed = False
        try:
            if claim.failures > MAX_FAILURES:
                message = f"Its worker failed {MAX_FAILURES} times in a row; see the log."
                await driver.fail(claim, "poisoned", message)
            await driver.drive(claim, brake)
            if brake.stopped:
                again_at = datetime.now(UTC)
        except LeaseLost:
            _log.warning("run %s belongs to another worker now", claim.run_id)
        except Exception:  # noqa: BLE001 - one run's defect must not stop the others
            _log.exception("run %s could not be driven; it is tried again", claim.run_id)
            again_at = datetime.now(UTC) + timedelta(seconds=2.0 ** min(claim.failures, 5))
            failed = True
        finally:
            watcher.cancel()
        async with self._database.write() as tx:
            await claims.release(tx, claim, again_at=again_at, failed=failed)

    async def _watch(self, driver: Driver, claim: Claim, brake: Brake) -> None:
        """Extend the lease, and interrupt the graph when a pause or cancel is asked for."""
        beat = time.monotonic()
        with self._bell.listen(claim.run_id) as rung:
            while not brake.stopped:
                rung.clear()
                try:
                    run = await get_run(driver.service, claim.run_id)
                    if run.pause_requested or run.cancel_pending:
                        brake.interrupt()
                    if time.monotonic() - beat >= HEARTBEAT_SECONDS:
                        beat = time.monotonic()
                        await self._beat(claim, brake)
                except StoreUnavailable:
                    _log.warning("run %s: the lease could not be extended", claim.run_id)
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await rung.wait()

    async def _beat(self, claim: Claim, brake: Brake) -> None:
        async with self._database.write() as tx:
            if not await claims.extend(tx, claim, LEASE_SECONDS):
                brake.stop()
