"""The checkpointer of Postgres mode: group commit, fenced writes, reads that do not queue."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from server.store.flushes import AWAY, Flushes, Pool, away
from server.store.saves import Save, row
from server.store.serialising import plain_serializer
from server.telemetry.metrics import CHECKPOINTS

FENCE = "__fence"
"""In `configurable`: the fencing token that every write names. Keys like this are not stored."""

_CHECKPOINT = ("thread_id", "checkpoint_ns", "checkpoint_id")
_BLOB = ("thread_id", "checkpoint_ns", "channel", "version")
_WRITE = (*_CHECKPOINT, "task_id", "idx")


class GroupSaver(AsyncPostgresSaver):
    """Stores what the library's own saver stores, in the same tables.

    With `FENCE` in the config a write counts only while the row of `runs` holds that token, else
    it is `LeaseLost`. A database that is away is `StoreUnavailable`. Values are serialised on the
    event loop: the states here are small, and handing them to a thread costs more.
    """

    def __init__(self, pool: Pool, serde: SerializerProtocol | None = None) -> None:
        super().__init__(pool, serde=serde)
        self.pool = pool
        self.flushes = Flushes(pool)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint: plain scalars within the document, other values as blobs."""
        own = config["configurable"]
        at = {"thread_id": str(own["thread_id"]), "checkpoint_ns": own["checkpoint_ns"]}
        values = checkpoint["channel_values"]
        apart = {name: value for name, value in values.items() if not _is_scalar(value)}
        within = {name: value for name, value in values.items() if name not in apart}
        within |= {name: True for name, value in apart.items() if isinstance(value, _DeltaSnapshot)}
        document = at | {
            "checkpoint_id": checkpoint["id"],
            "parent_checkpoint_id": own.get("checkpoint_id"),
            "checkpoint": {**checkpoint, "channel_values": within},
            "metadata": get_serializable_checkpoint_metadata(config, metadata),
        }
        blobs = [
            row(at | {"channel": name, "version": version} | self._dump(apart[name]), *_BLOB)
            for name, version in new_versions.items()
            if name in apart
        ]
        await self._save(own, checkpoints=[row(document, *_CHECKPOINT)], blobs=blobs)
        # Whoever goes on from the answer is held to the same token.
        token = {FENCE: own[FENCE]} if FENCE in own else {}
        return {"configurable": at | {"checkpoint_id": checkpoint["id"]} | token}

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote; only marks such as an interrupt go over older ones."""
        own = config["configurable"]
        at = {
            "thread_id": str(own["thread_id"]),
            "checkpoint_ns": own["checkpoint_ns"],
            "checkpoint_id": own["checkpoint_id"],
            "task_id": task_id,
            "task_path": task_path,
        }
        rows = [
            row(at | {"idx": index, "channel": channel} | self._dump(value), *_WRITE)
            for index, channel, value in _numbered(writes)
        ]
        replace = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        await self._save(own, writes=rows, replace=replace)

    def _dump(self, value: Any) -> dict[str, str]:
        tag, content = self.serde.dumps_typed(value)
        return {"type": tag, "blob": f"\\x{content.hex()}"}

    async def _save(self, own: Mapping[str, Any], **rows: Any) -> None:
        what = "checkpoint" if "checkpoints" in rows else "writes"
        with CHECKPOINTS.labels(what).time():
            await self.flushes.add(Save(str(own["thread_id"]), own.get(FENCE), **rows))

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        """A cursor on a connection of its own: the library has all calls wait for one lock."""
        try:
            async with (
                self.pool.connection() as connection,
                connection.pipeline() if pipeline else nullcontext(),
                connection.cursor(binary=True, row_factory=dict_row) as cursor,
            ):
                yield cursor
        except AWAY as error:
            raise away(error) from error


@asynccontextmanager
async def open_group_saver(
    conninfo: str, *, size: int = 4, patience_seconds: float = 5.0
) -> AsyncIterator[GroupSaver]:
    """A saver on the tables that the migrations made, with at most `size` connections."""
    serializer = plain_serializer()
    pool: Pool = AsyncConnectionPool(
        conninfo,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=1,
        max_size=size,
        timeout=patience_seconds,
        # Then whoever asks next makes it try anew; else its pauses grow with the outage.
        reconnect_timeout=2.0,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    async with pool:
        saver = GroupSaver(pool, serializer)
        try:
            yield saver
        finally:
            await saver.flushes.close()


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _numbered(writes: Sequence[tuple[str, Any]]) -> Iterator[tuple[int, str, Any]]:
    """Each write with its place; marks such as an interrupt have one of their own."""
    for index, (channel, value) in enumerate(writes):
        yield WRITES_IDX_MAP.get(channel, index), channel, value
