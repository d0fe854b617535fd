"""Writers that commit together: each is durable when it returns, and answers for itself only."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from sqlalchemy import text

from domain.errors import Invalid, StoreUnavailable
from server.store.database import Database
from server.store.grouped import GroupedPostgres
from server.store.postgres import PostgresDatabase
from server.store.transactions import Transaction

WRITERS = 20


@pytest.fixture
def outside(installed: str) -> Iterator[psycopg.Connection[tuple[int]]]:
    """Sees what is committed; the table that the tests write to is made here."""
    with psycopg.connect(installed, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (number int PRIMARY KEY, xid xid8)")
        yield connection


@pytest.fixture
async def grouped(installed: str, outside: object) -> AsyncIterator[GroupedPostgres]:
    database = GroupedPostgres(installed)
    await database.open()
    yield database
    await database.close()


async def _note(database: Database, number: int, *, fail: bool = False) -> None:
    async with database.write() as tx:
        await _insert(tx, number)
        if fail:
            raise Invalid("no")


async def _insert(tx: Transaction, number: int) -> None:
    query = text("INSERT INTO notes SELECT :number, pg_current_xact_id()")
    await tx.session.execute(query, {"number": number})


def _found(outside: psycopg.Connection[tuple[int]]) -> set[int]:
    return {row[0] for row in outside.execute("SELECT number FROM notes")}


def _commits(outside: psycopg.Connection[tuple[int]]) -> int:
    row = outside.execute("SELECT count(DISTINCT xid) FROM notes").fetchone()
    assert row is not None
    return row[0]


async def test_writers_at_one_time_share_commits(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    await asyncio.gather(*(_note(grouped, number) for number in range(WRITERS)))
    assert _found(outside) == set(range(WRITERS))
    assert _commits(outside) <= 2


async def test_without_the_group_each_has_its_own(
    installed: str, outside: psycopg.Connection[tuple[int]]
) -> None:
    plain = PostgresDatabase(installed)
    await plain.open()
    await asyncio.gather(*(_note(plain, number) for number in range(WRITERS)))
    assert _commits(outside) == WRITERS
    await plain.close()


async def test_a_write_is_there_when_it_returns(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    async def write_and_look(number: int) -> bool:
        await _note(grouped, number)
        return number in _found(outside)

    assert all(await asyncio.gather(*(write_and_look(number) for number in range(WRITERS))))


async def test_what_one_raises_takes_back_its_own_only(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    said = await asyncio.gather(
        *(_note(grouped, number, fail=number % 3 == 0) for number in range(WRITERS)),
        return_exceptions=True,
    )
    assert [isinstance(one, Invalid) for one in said] == [n % 3 == 0 for n in range(WRITERS)]
    assert _found(outside) == {number for number in range(WRITERS) if number % 3}


async def test_a_statement_that_fails_takes_back_its_own_only(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    said = await asyncio.gather(
        *(_note(grouped, number) for number in (1, 2, 1, 3)), return_exceptions=True
    )
    assert [one is None for one in said] == [True, True, False, True]
    assert _found(outside) == {1, 2, 3}


async def test_a_writer_that_is_cancelled_holds_nobody_up(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    tasks = [asyncio.create_task(_note(grouped, number)) for number in range(WRITERS)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert _found(outside) >= set(range(1, WRITERS, 2))
    await _note(grouped, 99)
    assert 99 in _found(outside)


async def test_what_waits_after_the_commit_is_told_of_it(grouped: GroupedPostgres) -> None:
    told = []

    async def write(number: int) -> None:
        async with grouped.write() as tx:
            await _insert(tx, number)
            tx.after_commit(lambda: told.append(number))
            assert number not in told

    await asyncio.gather(*(write(number) for number in range(5)))
    assert sorted(told) == [0, 1, 2, 3, 4]


async def test_a_connection_that_is_cut_is_unavailable_to_all_and_then_forgotten(
    grouped: GroupedPostgres, outside: psycopg.Connection[tuple[int]]
) -> None:
    async def cut() -> None:
        async with grouped.write() as tx:
            await _insert(tx, 0)
            pid = await tx.session.scalar(text("SELECT pg_backend_pid()"))
            outside.execute("SELECT pg_terminate_backend(%s)", (pid,))
            await asyncio.sleep(0.1)

    said = await asyncio.gather(
        cut(), *(_note(grouped, number) for number in range(1, 5)), return_exceptions=True
    )
    assert all(isinstance(one, StoreUnavailable) for one in said), said
    assert _found(outside) == set()
    await _note(grouped, 7)
    assert _found(outside) == {7}
