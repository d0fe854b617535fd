"""Where the graph's checkpoints are kept in SQLite: a file of their own, with its own lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from server.store.serialising import plain_serializer


@asynccontextmanager
async def open_saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """A saver on the file at `path`, which is made when it is not there."""
    serializer = plain_serializer()
    path.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA synchronous=FULL")
        saver = AsyncSqliteSaver(connection, serde=serializer)
        await saver.setup()
        yield saver
