"""A database that is closed leaves no connection behind."""

import asyncio
import sqlite3
import time
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

from sqlalchemy import text

from server.store.sqlite import SqliteDatabase
from server.store.transactions import Transaction
from tests.doubles.house import House

ONE = text("SELECT 1")
SLOW = text(
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000)"
    " SELECT max(x) FROM n UNION ALL SELECT 0"
)


async def _use(opened: AbstractAsyncContextManager[Transaction], begun: asyncio.Event) -> float:
    """When its last statement was answered."""
    async with opened as tx:
        await tx.session.execute(ONE)
        begun.set()
        await asyncio.sleep(0.1)
        await tx.session.execute(ONE)
        return time.monotonic()


async def test_what_is_under_way_ends_before_the_database_is_closed(home: House) -> None:
    database, tasks = home.service.database, []
    for opened in (database.read(), database.write()):
        begun = asyncio.Event()
        tasks.append(asyncio.create_task(_use(opened, begun)))
        await begun.wait()
    await database.close()
    closed = time.monotonic()
    assert max(await asyncio.gather(*tasks)) < closed


async def test_a_write_that_is_cancelled_locks_nobody_out(tmp_path: Path) -> None:
    """Its statement has found a first row and not its last when the caller is gone."""
    database = SqliteDatabase(tmp_path / "agentos.db")
    await database.open()

    async def write() -> None:
        async with database.write() as tx:
            await tx.session.execute(SLOW)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    task.cancel()
    outcome = await asyncio.gather(task, return_exceptions=True)
    with closing(sqlite3.connect(database.path, timeout=1, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
    assert isinstance(outcome[0], asyncio.CancelledError)  # kept, and with it all that it refers to
    await database.close()
