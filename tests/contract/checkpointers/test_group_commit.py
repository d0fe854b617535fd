"""Saves of many runs share a transaction; each caller gets its own answer."""

import asyncio
from typing import Any

import psycopg
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.conninfo import make_conninfo

from domain.errors import StoreUnavailable
from server.store.group_saver import GroupSaver, open_group_saver
from tests.contract.checkpointers.held import held_up, waiting
from tests.contract.checkpointers.thread import Thread

TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


def transactions(database: psycopg.Connection) -> int:
    """How many transactions wrote the rows that are there, as the database marked them."""
    union = " UNION ".join(f"SELECT xmin::text FROM {table}" for table in TABLES)
    row = database.execute(f"SELECT count(*) FROM ({union}) AS marks".encode()).fetchone()
    return int(row[0]) if row else 0


def rows(database: psycopg.Connection) -> list[int]:
    counts = [database.execute(f"SELECT count(*) FROM {t}".encode()).fetchone() for t in TABLES]
    return [count[0] for count in counts if count]


async def everything(saver: BaseCheckpointSaver[str], threads: int) -> None:
    """One checkpoint with a blob and one task's write in each of so many threads, all at once."""
    there = [Thread(saver, f"run-{number}") for number in range(threads)]
    puts: list[Any] = [thread.put({"a": 1}) for thread in there]
    await asyncio.gather(*puts, *(thread.write() for thread in there))


async def test_one_transaction_stores_all_when_they_come_at_once(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    await everything(saver, 40)
    assert rows(database) == [40, 40, 40]
    assert transactions(database) == 1


async def test_each_save_is_a_transaction_when_the_librarys_saver_stores(
    stock: AsyncPostgresSaver, database: psycopg.Connection
) -> None:
    await everything(stock, 40)
    assert rows(database) == [40, 40, 40]
    assert transactions(database) == 80


async def test_saves_gather_when_a_flush_is_under_way(
    saver: GroupSaver, database: psycopg.Connection, tables: str
) -> None:
    with held_up(tables, "first"):
        first = asyncio.create_task(Thread(saver, "first").write())
        await waiting(database)
        others = [asyncio.create_task(Thread(saver, f"run-{n}").put()) for n in range(20)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in (first, *others))
    await asyncio.gather(first, *others)
    assert transactions(database) == 2


async def test_save_is_durable_when_its_call_returns(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    for number in range(5):
        await Thread(saver, f"run-{number}").put()
        assert rows(database)[0] == number + 1


async def test_others_are_stored_when_one_caller_is_cancelled(
    saver: GroupSaver, database: psycopg.Connection, tables: str
) -> None:
    with held_up(tables, "first"):
        first = asyncio.create_task(Thread(saver, "first").write())
        await waiting(database)
        late = asyncio.create_task(Thread(saver, "late").put())
        other = asyncio.create_task(Thread(saver, "other").put())
        await asyncio.sleep(0)
        for task in (first, late):
            task.cancel()
    await other
    assert [task.cancelled() for task in (first, late)] == [True, True]
    assert rows(database) == [2, 0, 1]


async def test_others_are_stored_when_one_save_is_impossible(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    puts = [Thread(saver, f"run-{n}").put("a\0b" if n == 3 else "fine") for n in range(8)]
    answers = await asyncio.gather(*puts, return_exceptions=True)
    assert [n for n, one in enumerate(answers) if isinstance(one, psycopg.DataError)] == [3]
    assert rows(database)[0] == 7
    await Thread(saver, "after").put()


async def test_others_are_stored_when_one_run_is_locked_for_long(
    tables: str, database: psycopg.Connection
) -> None:
    hasty = make_conninfo(tables, options="-c lock_timeout=200ms")
    async with open_group_saver(hasty) as saver:
        with held_up(tables, "locked"):
            answers = await asyncio.gather(
                *(Thread(saver, name).write() for name in ("one", "locked", "two")),
                return_exceptions=True,
            )
    assert isinstance(answers[1], StoreUnavailable)
    assert [answers[0], answers[2]] == [None, None]
    assert rows(database) == [0, 0, 3]


async def test_nothing_is_half_stored_when_the_connection_is_killed(
    saver: GroupSaver, database: psycopg.Connection, tables: str
) -> None:
    with held_up(tables, "first"):
        saves: list[Any] = [Thread(saver, "first").write()]
        saves += [Thread(saver, f"run-{number}").put({"a": 1}) for number in range(5)]
        flush = asyncio.gather(*saves, return_exceptions=True)
        database.execute("SELECT pg_terminate_backend(%s)", (await waiting(database),))
        answers = await flush
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 6
    assert rows(database) == [0, 0, 1]
    await everything(saver, 3)
    assert rows(database) == [3, 3, 4]


async def test_no_save_fails_when_idle_connections_were_killed(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    await Thread(saver, "before").put()
    await asyncio.sleep(0.2)
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await Thread(saver, "after").put()
    assert rows(database)[0] == 2


async def test_store_is_unavailable_when_the_database_is_away(tables: str) -> None:
    nowhere = make_conninfo(tables, host="127.0.0.1", port="1")
    async with open_group_saver(nowhere, patience_seconds=0.3) as saver:
        thread = Thread(saver, "run")
        for attempt in (thread.put(), thread.write(), thread.values()):
            with pytest.raises(StoreUnavailable):
                await attempt


async def test_what_waits_is_stored_when_the_saver_closes(
    tables: str, database: psycopg.Connection
) -> None:
    async with open_group_saver(tables) as saver:
        tasks = [asyncio.create_task(Thread(saver, f"run-{n}").put()) for n in range(3)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert rows(database)[0] == 3


async def test_reads_do_not_wait_when_another_one_does(
    saver: GroupSaver, tables: str, stock: AsyncPostgresSaver
) -> None:
    thread = Thread(saver, "run")
    await thread.put()
    async with saver._cursor():
        assert await thread.values() == {"c": "x"}
    async with stock._cursor():
        queued = asyncio.create_task(Thread(stock, "run").values())
        await asyncio.sleep(0.1)
        assert not queued.done()
    assert await queued == {"c": "x"}
