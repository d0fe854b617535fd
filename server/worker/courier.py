"""Brings what is in the outbox to its receivers: at least once, and never in the way of a run."""

import asyncio
import logging
import random
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Protocol

from domain.errors import StoreUnavailable
from domain.events import RecordedEvent
from server.store import log, outbox
from server.store.database import Database
from server.store.destinations import Destinations
from server.store.outbox import Parcel

_log = logging.getLogger("agentos.worker")

PAUSES = (5.0, 30.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0)
"""Seconds before each further try: about a day and a half in all."""

LEASE_SECONDS = 60.0
POLL_SECONDS = 2.0
_AT_A_TIME = 8


class Undelivered(Exception):
    """Not received, as far as we know; `after_seconds` is what the receiver asks for."""

    def __init__(
        self, fault: str, *, after_seconds: float | None = None, for_good: bool = False
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.after_seconds = after_seconds
        self.for_good = for_good


class Receiver(Protocol):
    """Somebody who is told of events."""

    @property
    def name(self) -> str: ...

    async def deliver(self, parcel: Parcel, recorded: RecordedEvent, database: Database) -> None:
        """Done, or `Undelivered`. The same parcel may come again."""
        ...


class Courier:
    """A loop for each receiver, so that one that is slow or away holds up none of the others.

    A parcel that fails is tried again after `pauses`, then it is dead: kept, and told of.
    """

    def __init__(
        self,
        database: Database,
        destinations: Destinations,
        receivers: Collection[Receiver],
        *,
        pauses: Sequence[float] = PAUSES,
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._database = database
        self._destinations = destinations
        self._receivers = receivers
        self._pauses = pauses
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin; returns at once."""
        self._tasks = [asyncio.create_task(self._serve(each)) for each in self._receivers]

    async def close(self) -> None:
        """Stop; what was not received is brought again when its lease is over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, receiver: Receiver) -> None:
        with self._destinations.listen() as rung:
            while True:
                rung.clear()
                try:
                    parcels = await self._take(receiver)
                    await self._bring_all(receiver, parcels)
                    if parcels:
                        continue
                except StoreUnavailable:
                    _log.warning("%s is not told of events: the database is away", receiver.name)
                except Exception:  # noqa: BLE001 - a courier outlives whatever a receiver does
                    _log.exception(
                        "%s could not be told of events; it is tried again", receiver.name
                    )
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await rung.wait()

    async def _take(self, receiver: Receiver) -> list[Parcel]:
        async with self._database.read() as tx:
            if await outbox.next_due(tx, receiver.name) is None:
                return []
        async with self._database.write() as tx:
            return await outbox.take(tx, receiver.name, _AT_A_TIME, self._lease_seconds)

    async def _bring_all(self, receiver: Receiver, parcels: list[Parcel]) -> None:
        """None is left under way, however one of the others ends."""
        bringing = (self._bring(receiver, each) for each in parcels)
        for outcome in await asyncio.gather(*bringing, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _bring(self, receiver: Receiver, parcel: Parcel) -> None:
        async with self._database.read() as tx:
            (recorded,) = await log.read_events(tx, parcel.run_id, after=parcel.seq - 1, limit=1)
        try:
            await receiver.deliver(parcel, recorded, self._database)
        except Undelivered as why:
            await self._put_off(receiver, parcel, why)
            return
        async with self._database.write() as tx:
            await outbox.told(tx, parcel)

    async def _put_off(self, receiver: Receiver, parcel: Parcel, why: Undelivered) -> None:
        after: float | None = None
        if not why.for_good and parcel.tries <= len(self._pauses):
            pause = self._pauses[parcel.tries - 1]
            after = max(pause * random.uniform(0.8, 1.2), why.after_seconds or 0.0)  # noqa: S311
        async with self._database.write() as tx:
            await outbox.failed(tx, parcel, why.fault, after_seconds=after)
        if after is None:
            _log.warning("%s was given up for %s: %s", parcel.message_id, receiver.name, why.fault)
