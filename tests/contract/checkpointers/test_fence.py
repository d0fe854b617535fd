"""A write that names a fencing token counts only while the run's row holds that token."""

import asyncio
from typing import Any

import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from domain.errors import LeaseLost
from server.store.group_saver import GroupSaver
from tests.contract.checkpointers.held import held_up, waiting
from tests.contract.checkpointers.thread import Thread

LOCK = "SELECT FROM runs WHERE run_id = 'run' FOR UPDATE"
CLAIM = "UPDATE runs SET fence = fence + 1 WHERE run_id = 'run'"


@pytest.fixture(autouse=True)
def claimed(database: psycopg.Connection) -> None:
    """The run `run` has been claimed twice."""
    database.execute("INSERT INTO runs VALUES ('run', 2)")


async def test_write_is_stored_when_the_token_is_current(saver: GroupSaver) -> None:
    thread = Thread(saver, "run", fence=2)
    await thread.put("mine")
    await thread.write("done")
    found = await saver.aget_tuple(thread.config)
    assert found
    assert found.checkpoint["channel_values"] == {"c": "mine"}
    assert found.pending_writes == [("task", "c", "done")]
    assert "__fence" not in found.metadata


@pytest.mark.parametrize("fence", [0, 1, 3])
async def test_write_is_refused_when_the_token_is_another_one(
    saver: GroupSaver, fence: int
) -> None:
    zombie = Thread(saver, "run", fence)
    for attempt in (zombie.put(), zombie.put({"a": 1}), zombie.write()):
        with pytest.raises(LeaseLost):
            await attempt
    assert [found async for found in saver.alist(None)] == []


async def test_write_is_refused_when_there_is_no_such_run(saver: GroupSaver) -> None:
    with pytest.raises(LeaseLost):
        await Thread(saver, "unknown", fence=0).put()


async def test_zombie_overwrites_when_there_is_no_fence(
    stock: AsyncPostgresSaver, saver: GroupSaver
) -> None:
    """The control: what the token keeps out does come in without it."""
    await Thread(saver, "run", fence=2).put("the owner's")
    await Thread(stock, "run", fence=1).put("the zombie's")
    assert await Thread(saver, "run").values() == {"c": "the zombie's"}


async def test_others_are_stored_when_one_of_a_flush_is_stale(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    database.execute("INSERT INTO runs SELECT 'run-' || n, 5 FROM generate_series(0, 9) AS n")
    there = [Thread(saver, f"run-{n}", fence=4 if n % 3 == 0 else 5) for n in range(10)]
    there.append(Thread(saver, "without"))
    answers = await asyncio.gather(*(one.put() for one in there), return_exceptions=True)
    assert [n for n, one in enumerate(answers) if isinstance(one, LeaseLost)] == [0, 3, 6, 9]
    marks = database.execute("SELECT thread_id, xmin::text FROM checkpoints").fetchall()
    assert {mark[0] for mark in marks} == {f"run-{n}" for n in (1, 2, 4, 5, 7, 8)} | {"without"}
    assert len({mark[1] for mark in marks}) == 1


async def test_owner_is_stored_when_a_zombie_of_the_same_run_writes_the_same_rows(
    saver: GroupSaver,
) -> None:
    writers = [Thread(saver, "run", fence) for fence in (1, 2, 1)]
    answers = await asyncio.gather(
        *(writer.write(f"by {writer.fence}") for writer in writers), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [LeaseLost, type(None), LeaseLost]
    await Thread(saver, "run", fence=2).put()
    assert await stored_writes(saver) == ["by 2"]


async def stored_writes(saver: GroupSaver) -> list[Any]:
    async with saver._cursor() as cursor:
        await cursor.execute("SELECT type, blob FROM checkpoint_writes")
        rows = await cursor.fetchall()
    return [saver.serde.loads_typed((row["type"], row["blob"])) for row in rows]


@pytest.mark.parametrize("claimed_first", [True, False])
async def test_write_waits_for_a_claim_that_is_under_way(
    saver: GroupSaver, database: psycopg.Connection, tables: str, claimed_first: bool
) -> None:
    with psycopg.connect(tables) as other:
        other.execute(LOCK)
        other.execute(CLAIM)
        put = asyncio.create_task(Thread(saver, "run", fence=2).put("late"))
        await waiting(database)
        other.commit() if claimed_first else other.rollback()
    if claimed_first:
        with pytest.raises(LeaseLost):
            await put
        assert await Thread(saver, "run").values() == {}
    else:
        await put
        assert await Thread(saver, "run").values() == {"c": "late"}


@pytest.mark.parametrize("fence", [2, None])
async def test_claim_waits_for_a_write_that_is_under_way_when_it_has_a_token(
    saver: GroupSaver, database: psycopg.Connection, tables: str, fence: int | None
) -> None:
    with held_up(tables, "run"):
        write = asyncio.create_task(Thread(saver, "run", fence).write())
        await waiting(database)
        free = database.execute(f"{LOCK} SKIP LOCKED".encode()).fetchall()
        assert bool(free) is (fence is None)
        database.execute("UPDATE runs SET run_id = run_id")  # who only writes to the row goes on
    await write


async def test_answer_carries_the_token_when_one_was_given(saver: GroupSaver) -> None:
    thread = Thread(saver, "run", fence=2)
    await thread.put()
    assert thread.config["configurable"]["__fence"] == 2
    free = Thread(saver, "other")
    await free.put()
    assert "__fence" not in free.config["configurable"]
