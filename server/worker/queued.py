"""The engine of Postgres mode: any number of worker processes answer one doorbell."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from domain.errors import AgentOSError, StoreUnavailable
from server.lifecycle.service import Bell
from server.store import claims
from server.store.claims import NO_LIMITS, Claim, Limits, Worker
from server.store.database import Database
from server.store.transactions import Transaction
from server.worker.drive import Driver
from server.worker.execute import GRACE_SECONDS, HEARTBEAT_SECONDS, LEASE_SECONDS, Executor
from server.worker.presence import Presence, new_name, present
from server.worker.queue import Doorbell

_log = logging.getLogger("agentos.worker")

TEND_SECONDS = 1.0
SWEEP_SECONDS = 10.0
RETRY_SECONDS = 0.5
_BATCH = 100


class QueuedEngine:
    """See `server.lifecycle.Engine`. Without `serve` it only rings: others execute the runs."""

    def __init__(
        self,
        database: Database,
        bell: Bell,
        conninfo: str,
        *,
        slots: int = 8,
        limits: Limits = NO_LIMITS,
        lease_seconds: float = LEASE_SECONDS,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.name = new_name()
        self._database = database
        self._conninfo = conninfo
        self._limits = limits
        self._lease_seconds = lease_seconds
        self._grace_seconds = grace_seconds
        self._doorbell = Doorbell(conninfo, self._advance, slots=slots)
        self._executor = Executor(database, bell, self._ring, lease_seconds, heartbeat_seconds)
        self._driver: Driver | None = None
        self._present = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """See `server.lifecycle.service.Engine`."""
        await claims.wake(tx, run_id, priority=priority, at=at)
        await self._ring(tx, run_id, at, priority)

    async def _ring(
        self, tx: Transaction, run_id: str, at: datetime | None = None, priority: int = 0
    ) -> None:
        version = await claims.graph_version(tx, run_id)
        if version is not None:
            at = at if at and at > tx.now else None
            await self._doorbell.ring(tx, run_id, version, priority=priority, at=at)

    @property
    def alive(self) -> bool:
        """Whether this process executes runs."""
        return self._present.is_set()

    async def serve(self, driver: Driver) -> None:
        """Begin to execute runs; returns at once."""
        self._driver = driver
        answer = partial(self._answer, driver.graph_versions)
        self._tasks = [
            asyncio.create_task(self._for_ever(name, work), name=f"agentos-{name}")
            for name, work in (("answer", answer), ("tend", self._tend))
        ]

    async def drain(self) -> None:
        """Park every run at its next boundary and stop; what is not parked in time is cut off.

        Every run is given back, so that another worker goes on with it at once.
        """
        self._stopping = True
        self._executor.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._present.clear()

    async def _for_ever(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A restarted database ends the work; it begins again as soon as that is back.

        Work that is cancelled while the database is away may end with another error than that.
        """
        while not self._stopping:
            began = time.monotonic()
            try:
                await work()
            except AgentOSError as error:
                _log.warning("%s ended: %s It begins again.", name, error.message)
            except Exception:  # noqa: BLE001 - a worker outlives whatever its database does
                _log.exception("%s ended; it begins again", name)
            await asyncio.sleep(max(0.0, TEND_SECONDS - (time.monotonic() - began)))

    async def _answer(self, graph_versions: Collection[str]) -> None:
        await self._present.wait()  # never claim before others can see whether we live
        await self._doorbell.answer(graph_versions, self._grace_seconds)

    async def _advance(self, run_id: str, graph_version: str) -> None:
        """Answer one ring with the most urgent run; each that waits has a ring of its own.

        One of the same version, since a worker of an older release may get the ring of another.
        """
        if self._driver is None or graph_version not in self._driver.graph_versions:
            return
        worker = Worker(self.name, {graph_version}, self._lease_seconds)
        claim = await _once_there(partial(self._claim, worker, run_id))
        if claim is None:
            return
        await self._executor.execute(self._driver, claim)
        if self._limits.any:
            await _once_there(partial(self._ring_due, 1))  # a place is free again

    async def _claim(self, worker: Worker, run_id: str) -> Claim | None:
        async with self._database.write() as tx:
            claim = await claims.take(tx, worker, self._limits)
            return claim or await claims.take(tx, worker, self._limits, run_id=run_id)

    async def _tend(self) -> None:
        """Take runs from workers that are gone, and ring again for what was not answered."""
        swept = -math.inf
        async with present(self._conninfo, self.name) as presence:
            if not await presence.hold():
                return  # somebody is just taking us for gone
            self._present.set()
            while True:
                await self._free_gone(presence)
                if time.monotonic() - swept > SWEEP_SECONDS:
                    swept = time.monotonic()
                    await self._ring_due(_BATCH)
                    await self._doorbell.tidy()
                await asyncio.sleep(TEND_SECONDS)

    async def _free_gone(self, presence: Presence) -> None:
        async with self._database.read() as tx:
            owners = await claims.owners(tx)
        async for owner in presence.gone(owners):
            async with self._database.write() as tx:
                freed = await claims.free(tx, owner)
                for run_id in freed:
                    await self._ring(tx, run_id)
            _log.warning(
                "worker %s is gone; its %d runs go on here or elsewhere", owner, len(freed)
            )
        async with self._database.write() as tx:
            for run_id in await claims.expired(tx, _BATCH):
                await self._ring(tx, run_id)

    async def _ring_due(self, limit: int) -> None:
        async with self._database.write() as tx:
            for run_id in await claims.due(tx, limit, self._limits):
                await self._ring(tx, run_id)


async def _once_there[T](work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Done as soon as the database is there: a ring that were given up would be lost."""
    while True:
        try:
            return await work()
        except StoreUnavailable:
            await asyncio.sleep(RETRY_SECONDS)
