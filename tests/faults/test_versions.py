"""Two releases on one database: the older one leaves alone what it does not know."""

import asyncio
import signal
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from domain.status import RunStatus
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy
from tests.faults.conftest import Systems
from tests.faults.life import Life, work
from tests.faults.lives import begun
from tests.faults.records import Records
from tests.faults.twists import knows

OLD, NEW = ("1",), ("1", "2")
LATER = (
    "ALTER TABLE runs ADD COLUMN of_a_later_release TEXT",
    "CREATE TABLE of_a_later_release (word TEXT)",
    "UPDATE alembic_version SET version_num = '9999'",
)


def _worker(life: Life, name: str, versions: tuple[str, ...]) -> Life:
    return replace(life, name=name, twists=(*life.twists, partial(knows, versions=versions)))


async def _launch(home: House, names: Iterable[str], version: str) -> list[str]:
    """Runs of a version of the graph."""
    other = replace(home, service=replace(home.service, graph_version=version))
    return [(await other.launch(name, systems=["newsletter"])).run_id for name in names]


@pytest.mark.parametrize("address", ["postgres"], indirect=True)
async def test_runs_outlive_the_change_to_another_release(
    life: Life, systems: Systems, home: House, records: Records
) -> None:
    """The old worker parks runs, the new one begins beside it, approvals come, the old one ends."""
    with begun(work, _worker(life, "old", OLD)) as old:
        parked = await _launch(home, ("Acme Corp", "Globex", "Initech"), "1")
        for run_id in parked:
            await home.until(run_id, RunStatus.AWAITING_APPROVAL)
        later = await _launch(home, ("Umbrella", "Hooli"), "2")
        await asyncio.sleep(2)
        assert records.rows("SELECT DISTINCT fence FROM runs WHERE graph_version = '2'") == [(0,)]
        with begun(work, _worker(life, "new", NEW)):
            for run_id in later:
                await home.until(run_id, RunStatus.AWAITING_APPROVAL)
            for run_id in (*parked, *later):
                await home.decide(run_id, "approve")
            assert old.end(signal.SIGTERM) == 0
            for run_id in (*parked, *later):
                await home.until(run_id, RunStatus.COMPLETED)
    assert systems.made() == {"brevo list": 5}


@pytest.mark.parametrize("address", ["postgres"], indirect=True)
async def test_a_worker_that_takes_all_it_finds_takes_a_later_run(
    life: Life, home: House, records: Records
) -> None:
    """The negative control of the look at the fence."""
    with begun(work, _worker(life, "old", NEW)):
        (run_id,) = await _launch(home, ("Umbrella",), "2")
        await home.until(run_id, RunStatus.AWAITING_APPROVAL)
    assert records.rows("SELECT DISTINCT fence FROM runs WHERE graph_version = '2'") != [(0,)]


async def test_this_release_works_on_the_tables_of_a_later_one(
    tmp_path: Path, address: str | None
) -> None:
    worlds = {"slack": ToyWorld(), "github": ToyWorld()}
    built = {name: toy(name, world) for name, world in worlds.items()}
    async with house(tmp_path, built, served=False, address=address):
        pass
    if address is None:
        with closing(sqlite3.connect(tmp_path / "agentos.db")) as file, file:
            file.executescript(";".join(LATER))
    else:
        with psycopg.connect(address) as database:
            for query in LATER:
                database.execute(query.encode())
    async with house(tmp_path, built, address=address) as home:
        run = await home.launch()
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
        await home.decide(run.run_id, "approve")
        await home.until(run.run_id, RunStatus.COMPLETED)
    assert [len(world.objects) for world in worlds.values()] == [1, 1]
