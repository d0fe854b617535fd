"""Where the graph's checkpoints are kept in SQLite: a file of their own, with its own lock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from server.store.serialising import plain_serializer
from server.telemetry.metrics import CHECKPOINTS

_OLDER = (
    "thread_id = ? AND checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints AS newest"
    " WHERE newest.thread_id = {table}.thread_id"
    " AND newest.checkpoint_ns = {table}.checkpoint_ns)"
)


class SqliteSaver(AsyncSqliteSaver):
    """The library's saver, with an eye on how long it takes.

    It can also be told to prune, as the one for Postgres can.
    """

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """See the library."""
        with CHECKPOINTS.labels("checkpoint").time():
            return await super().aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """See the library."""
        with CHECKPOINTS.labels("writes").time():
            await super().aput_writes(config, writes, task_id, task_path)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep the latest checkpoint of each thread, or none (`delete`)."""
        if strategy == "delete":
            for thread_id in thread_ids:
                await self.adelete_thread(thread_id)
            return
        async with self.lock:
            for thread_id in thread_ids:
                for table in ("writes", "checkpoints"):
                    older = _OLDER.format(table=table)
                    await self.conn.execute(f"DELETE FROM {table} WHERE {older}", (thread_id,))  # noqa: S608
            await self.conn.commit()


@asynccontextmanager
async def open_saver(path: Path) -> AsyncIterator[SqliteSaver]:
    """A saver on the file at `path`, which is made when it is not there."""
    serializer = plain_serializer()
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA synchronous=FULL")
        saver = SqliteSaver(connection, serde=serializer)
        await saver.setup()
        yield saver
