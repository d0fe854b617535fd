"""Which processes are up, and what all of them together have seen of the systems."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from domain.errors import StoreUnavailable
from domain.ports import Watched
from domain.processes import Process
from domain.scopes import Scope
from domain.sightings import Circuit, Sighting, together
from server.lifecycle.service import Actor, Service
from server.store import processes

BEAT_SECONDS = 5.0
GONE_AFTER = timedelta(seconds=20)
_KEPT = timedelta(hours=1)
"""How long it is told of a process that ended without a word."""

_log = logging.getLogger("agentos")


class SystemFacts(NamedTuple):
    """A system as all processes that are up see it; `apart` of them leave it alone now."""

    name: str
    seen: Sighting
    apart: int


class Found(NamedTuple):
    """What is known of systems and processes."""

    systems: list[SystemFacts]
    processes: list[Process]


async def beat(service: Service, version: str) -> None:
    """Say every few seconds, until cancelled, that this process is up and what it has seen.

    One short write in all, however many calls were made meanwhile.
    """
    fresh = True
    try:
        while True:
            try:
                await say(service, version, fresh=fresh)
                fresh = False
            except StoreUnavailable:
                _log.debug("the database does not hear that this process is up")
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        with suppress(StoreUnavailable):
            async with service.database.write() as tx:
                await processes.leave(tx, service.process)


async def say(service: Service, version: str, *, fresh: bool = False) -> None:
    """One beat; the first of this life is `fresh`, whatever an earlier one has left."""
    async with service.database.write() as tx:
        if fresh:
            await processes.leave(tx, service.process)
        await processes.say(
            tx, service.process, version, executes=service.engine.alive, seen=_here(service)
        )
        await processes.forget(tx, tx.now - _KEPT)


async def look(service: Service, actor: Actor) -> Found:
    """The newest that any process has seen; no system is asked for it."""
    actor.require(Scope.VIEWER)
    async with service.database.write() as tx:  # for the store's time
        found = await processes.find(tx, gone_after=GONE_AFTER)
    here = _here(service)
    others = [one.seen for one in found if one.up and one.name != service.process]
    return Found([_facts(name, [here, *others]) for name in service.systems], found)


def _here(service: Service) -> dict[str, Sighting]:
    return {
        name: system.seen()
        for name, system in service.systems.items()
        if isinstance(system, Watched)
    }


def _facts(name: str, sightings: list[dict[str, Sighting]]) -> SystemFacts:
    seen = [one[name] for one in sightings if name in one]
    apart = sum(one.circuit is not Circuit.CLOSED for one in seen)
    return SystemFacts(name, together(seen), apart)
