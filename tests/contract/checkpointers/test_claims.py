"""The saver and the store's claims agree on who waits for whom, in the tables as migrated."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from domain.errors import LeaseLost
from server.store.claims import Claim, Worker, extend, take
from server.store.database import Database
from server.store.group_saver import GroupSaver, open_group_saver
from tests.contract.checkpointers.held import held_up, waiting
from tests.contract.checkpointers.thread import Thread
from tests.contract.engines.conftest import one_life

WORKER = Worker("worker", ("1",), lease_seconds=-1.0)  # over at once, so anybody may claim


@dataclass(frozen=True)
class Place:
    """A claimed run, and a saver on the same database."""

    database: Database
    saver: GroupSaver
    run_id: str
    claim: Claim

    async def claim_again(self) -> Claim:
        async with self.database.write() as tx:
            claim = await take(tx, WORKER, run_id=self.run_id)
        assert claim
        return claim


@pytest.fixture
async def place(installed: str, tmp_path: Path) -> AsyncIterator[Place]:
    async with one_life(tmp_path, installed, None) as works, open_group_saver(installed) as saver:
        run_id = await works.launch()
        async with works.database.write() as tx:
            claim = await take(tx, WORKER, run_id=run_id)
        assert claim
        yield Place(works.database, saver, run_id, claim)


async def test_claim_waits_when_a_write_of_the_old_owner_is_under_way(
    place: Place, installed: str
) -> None:
    old = Thread(place.saver, place.run_id, place.claim.fence)
    with psycopg.connect(installed, autocommit=True) as database:
        with held_up(installed, place.run_id):
            write = asyncio.create_task(old.write())
            await waiting(database)
            again = asyncio.create_task(place.claim_again())
            await waiting(database, sessions=2)
            assert not again.done()
        await write
    assert (await again).fence == place.claim.fence + 1
    with pytest.raises(LeaseLost):
        await old.put()


async def test_write_is_refused_when_a_claim_was_first(place: Place) -> None:
    old = Thread(place.saver, place.run_id, place.claim.fence)
    async with place.database.write() as tx:
        new = await take(tx, WORKER, run_id=place.run_id)
        put = asyncio.create_task(old.put("late"))
        await asyncio.sleep(0.2)
        assert not put.done()
    assert new
    with pytest.raises(LeaseLost):
        await put
    await Thread(place.saver, place.run_id, new.fence).put("mine")
    assert await old.values() == {"c": "mine"}


async def test_write_does_not_wait_when_others_only_write_to_the_row(place: Place) -> None:
    async with place.database.write() as tx:
        assert await extend(tx, place.claim, 10.0)
        await tx.session.execute(text("UPDATE runs SET priority = 1"))
        await Thread(place.saver, place.run_id, place.claim.fence).put()
