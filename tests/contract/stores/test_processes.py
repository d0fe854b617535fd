"""Processes on either database: who is up, what it holds, and what all have seen together."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NotAllowed, SystemFault
from domain.sightings import Circuit
from server.lifecycle import processes
from server.lifecycle.service import Actor, Service
from server.store import claims
from server.store import processes as rows
from server.store.claims import Worker
from server.store.effects import reading_ledger
from systems.breaker import guarded
from tests.doubles.house import DANA, House, house
from tests.doubles.toy import ToyWorld, toy

VERSION = "1.0"


@pytest.fixture
async def home(tmp_path: Path, address: str | None) -> AsyncIterator[House]:
    watched = {"slack": guarded(toy("slack", ToyWorld()))}
    async with house(tmp_path, watched, served=False, address=address) as home:
        yield home


async def silenced(home: House, name: str = "other", *, times: int = 5) -> Service:
    """Another process on the same database, whose calls were not answered."""
    world = ToyWorld(broken="unreadable")
    other = replace(home.service, process=name, systems={"slack": guarded(toy("slack", world))})
    company = Company(company_id="co_1", name="Acme", slug="acme")
    ledger = reading_ledger(other.database, company.company_id)
    for _ in range(times):
        with pytest.raises(SystemFault):
            await other.systems["slack"].plan(company, ledger)
    return other


async def facts(service: Service) -> processes.SystemFacts:
    (found,) = (await processes.look(service, DANA)).systems
    return found


async def test_what_one_process_has_seen_all_are_told(home: House) -> None:
    other = await silenced(home)
    assert (await facts(home.service)).seen.asked_at is None
    assert (await facts(other)).apart == 1
    await processes.say(other, VERSION)
    found = await facts(home.service)
    assert found.seen.silent_since is not None
    assert found.seen.error_code is ErrorCode.UNAVAILABLE
    assert (found.seen.circuit, found.apart) == (Circuit.OPEN, 1)
    await processes.say(await silenced(home, "third", times=1), VERSION)
    assert (await facts(home.service)).apart == 1


async def test_workers_are_told_with_the_runs_that_they_hold(home: House) -> None:
    await processes.say(home.service, VERSION)
    await home.launch()
    async with home.service.database.write() as tx:
        worker = Worker(home.service.process, [home.service.graph_version], 30.0)
        assert await claims.take(tx, worker)
    (found,) = (await processes.look(home.service, DANA)).processes
    assert (found.name, found.version, found.executes) == (home.service.process, VERSION, False)
    assert (found.up, found.runs) == (True, 1)


async def test_who_is_gone_is_told_so_then_forgotten_and_believed_no_more(home: House) -> None:
    await processes.say(await silenced(home), VERSION)
    async with home.service.database.write() as tx:
        (gone,) = await rows.find(tx, gone_after=timedelta(seconds=-1))
        assert not gone.up
        await rows.forget(tx, tx.now + timedelta(seconds=1))
        assert await rows.find(tx, gone_after=timedelta(0)) == []
    assert (await facts(home.service)).seen.asked_at is None


async def test_who_is_heard_at_last_is_not_forgotten_by_another_just_then(
    tmp_path: Path, installed: str
) -> None:
    """As when the database comes back after an hour; on SQLite writers take turns."""
    async with asyncio.timeout(20), house(tmp_path, {}, served=False, address=installed) as home:
        name, database = home.service.process, home.service.database
        await processes.say(home.service, VERSION)
        async with database.write() as mine:
            await rows.say(mine, name, VERSION, executes=True, seen={})
            async with database.write() as theirs:
                await rows.forget(theirs, theirs.now + timedelta(seconds=1))
        (found,) = (await processes.look(home.service, DANA)).processes
        assert (found.name, found.executes) == (name, True)


async def test_a_process_says_so_while_it_lives_and_takes_its_leave(home: House) -> None:
    async def names() -> list[str]:
        return [one.name for one in (await processes.look(home.service, DANA)).processes]

    beating = asyncio.create_task(processes.beat(home.service, VERSION))
    async with asyncio.timeout(10):
        while await names() != [home.service.process]:
            await asyncio.sleep(0.01)
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    assert await names() == []


async def test_nobody_is_told_without_the_right_to_look(home: House) -> None:
    with pytest.raises(NotAllowed):
        await processes.look(home.service, Actor("eve", "api"))
