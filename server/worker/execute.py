"""Executes one claimed run: drives it under a lease that is kept alive, and gives it back."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.errors import LeaseLost, Overloaded, StoreUnavailable
from server.lifecycle.service import Bell, wish
from server.store import claims
from server.store.claims import Claim
from server.store.database import Database
from server.store.transactions import Transaction
from server.worker.drive import Brake, Driver

_log = logging.getLogger("agentos.worker")

LEASE_SECONDS = 10.0
HEARTBEAT_SECONDS = 3.0
GRACE_SECONDS = 6.0
MAX_FAILURES = 5
_RETRY_SECONDS = 0.5

Wake = Callable[[Transaction, str, datetime], Awaitable[None]]


@dataclass(frozen=True)
class Executor:
    """What every engine does with a claim; `wake` rings for a run that is due again."""

    database: Database
    bell: Bell
    wake: Wake
    lease_seconds: float = LEASE_SECONDS
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    _brakes: set[Brake] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def busy(self) -> int:
        """How many runs are being executed here."""
        return len(self._brakes)

    def stop(self) -> None:
        """Park every run at its next boundary, and those that are begun from now on at once."""
        self._stopping.set()
        for brake in self._brakes:
            brake.stop()

    async def execute(self, driver: Driver, claim: Claim) -> None:
        """Until the run has ended, is parked, or must be left; never raises for what a run does."""
        brake = Brake()
        self._brakes.add(brake)
        if self._stopping.is_set():
            brake.stop()
        over = asyncio.Event()
        watcher = asyncio.create_task(self._watch(claim, brake, over))
        again: timedelta | None = timedelta(0)
        failed = False
        try:
            if claim.failures > MAX_FAILURES:
                message = f"Its worker failed {MAX_FAILURES} times in a row; see the log."
                await driver.fail(claim, "poisoned", message)
            await driver.drive(claim, brake)
            again = timedelta(0) if brake.stopped else None
        except LeaseLost:
            _log.warning("run %s belongs to another worker now", claim.run_id)
        except StoreUnavailable:
            _log.warning("run %s: the database is away; it is taken up again", claim.run_id)
            again = timedelta(seconds=_RETRY_SECONDS)
        except Overloaded as error:
            _log.warning("run %s: no room for the runs that it launches; it waits", claim.run_id)
            again = timedelta(seconds=error.after_seconds)
        except Exception:  # noqa: BLE001 - one run's defect must not stop the others
            _log.exception("run %s could not be driven; it is tried again", claim.run_id)
            again = timedelta(seconds=2.0 ** min(claim.failures, 5))
            failed = True
        finally:
            self._brakes.discard(brake)
            over.set()
            self.bell.ring(wish(claim.run_id))  # not cancelled: that would cost its connection
            try:
                await self._give_back(claim, again, failed=failed, until=brake.until)
            finally:
                await watcher

    async def _give_back(
        self, claim: Claim, again: timedelta | None, *, failed: bool, until: datetime | None
    ) -> None:
        """A database that is away is waited for as long as the lease lasts; then that frees it.

        The run is due after `again`, else at the time `until`.
        """
        last = time.monotonic() + self.lease_seconds
        while True:
            try:
                async with self.database.write() as tx:
                    again_at = until if again is None else tx.now + again
                    due = await claims.release(tx, claim, again_at=again_at, failed=failed)
                    if due is not None:
                        await self.wake(tx, claim.run_id, due)
                return
            except StoreUnavailable:
                if time.monotonic() > last:
                    return
                await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self, claim: Claim, brake: Brake, over: asyncio.Event) -> None:
        """Extend the lease, and interrupt the graph when a pause or cancel is asked for."""
        beat = time.monotonic()
        with self.bell.listen(wish(claim.run_id)) as rung:
            while not (brake.stopped or over.is_set()):
                rung.clear()
                try:
                    async with self.database.read() as tx:
                        if await claims.wanted(tx, claim.run_id):
                            brake.interrupt()
                    if time.monotonic() - beat >= self.heartbeat_seconds:
                        beat = time.monotonic()
                        await self._beat(claim, brake)
                except StoreUnavailable:
                    _log.warning("run %s: the lease could not be extended", claim.run_id)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.heartbeat_seconds):
                        await rung.wait()

    async def _beat(self, claim: Claim, brake: Brake) -> None:
        async with self.database.write() as tx:
            if not await claims.extend(tx, claim, self.lease_seconds):
                brake.stop()
