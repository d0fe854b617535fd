"""A database that is closed leaves no connection behind."""

import asyncio

from sqlalchemy import text

from server.store.database import Database
from tests.doubles.house import House

ONE = text("SELECT 1")


async def _read(database: Database, begun: asyncio.Event) -> None:
    async with database.read() as tx:
        await tx.session.execute(ONE)
        begun.set()
        await asyncio.sleep(0.1)
        await tx.session.execute(ONE)


async def _write(database: Database, begun: asyncio.Event) -> None:
    async with database.write() as tx:
        await tx.session.execute(ONE)
        begun.set()
        await asyncio.sleep(0.1)
        await tx.session.execute(ONE)


async def test_what_is_under_way_ends_before_the_database_is_closed(home: House) -> None:
    database, begun = home.service.database, asyncio.Event()
    reading = asyncio.create_task(_read(database, begun))
    await begun.wait()
    begun.clear()
    writing = asyncio.create_task(_write(database, begun))
    await begun.wait()
    await database.close()
    assert [task.done() and task.exception() for task in (reading, writing)] == [None, None]
