"""Where the graph's checkpoints are kept: a file of their own, with a lock of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.serde import _msgpack
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from domain.errors import BadSetting


@asynccontextmanager
async def open_saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """A saver that revives plain data only: whoever can write the file cannot run code here.

    `BadSetting` unless strict mode was on before langgraph was imported.
    """
    if not _msgpack.STRICT_MSGPACK_ENABLED:
        raise BadSetting(
            "LANGGRAPH_STRICT_MSGPACK is not true.",
            advice="Remove it from the environment; AgentOS sets it.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA synchronous=FULL")
        saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        await saver.setup()
        yield saver
