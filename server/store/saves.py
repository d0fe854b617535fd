"""What calls of the saver store, and the one statement that stores many of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import DictRow

Key = tuple[Any, ...]


class Row(NamedTuple):
    """A row for a table: its key, and all its columns by name as a JSON object."""

    key: Key
    text: str


def row(columns: Mapping[str, Any], *key: str) -> Row:
    """Serialised at once, so that what cannot be is its caller's trouble only."""
    return Row(tuple(columns[name] for name in key), json.dumps(columns))


@dataclass(frozen=True, slots=True)
class Save:
    """What one call stores, all or nothing; with a `fence`, only while that is the run's.

    `replace` says whether `writes` go over older ones.
    """

    thread_id: str
    fence: int | None
    checkpoints: Sequence[Row] = ()
    blobs: Sequence[Row] = ()
    writes: Sequence[Row] = ()
    replace: bool = False


class Batch:
    """Saves that go out together, to the same effect as one after the other.

    A statement may touch a row only once, so a row that occurs twice is settled here.
    """

    def __init__(self, *saves: Save) -> None:
        self._fences: dict[str, int | None] = {}
        self._blobs: dict[Key, str] = {}
        self._checkpoints: dict[Key, str] = {}
        self._writes: dict[Key, str] = {}
        self._replacing: dict[Key, str] = {}
        for save in saves:
            self.add(save)

    def add(self, save: Save) -> bool:
        """Take it in; False if it has to wait for the next batch.

        Two fences of one thread never share a batch: at most one of them is the owner's, and rows
        of the other must not be settled with its.
        """
        if self._fences.setdefault(save.thread_id, save.fence) != save.fence:
            return False
        for key, text in save.blobs:
            self._blobs.setdefault(key, text)
        self._checkpoints.update(save.checkpoints)
        for key, text in save.writes:
            if save.replace:
                self._writes.pop(key, None)
                self._replacing[key] = text
            elif key not in self._replacing:
                self._writes.setdefault(key, text)
        return True

    async def store(self, connection: AsyncConnection[DictRow]) -> set[str]:
        """One statement, so one transaction and one round trip; durable when this returns.

        Tells the threads whose fence is stale: of those nothing is stored.
        """
        claims = [{"run_id": thread, "fence": fence} for thread, fence in self._fences.items()]
        tables = (self._blobs, self._checkpoints, self._writes, self._replacing)
        rows = [f"[{','.join(table.values())}]" for table in tables]
        cursor = await connection.execute(_STORE, (json.dumps(claims), *rows))
        return self._fences.keys() - {row["run_id"] for row in await cursor.fetchall()}


# Rows travel as JSON: arrays per column cost several times as much to write.
# The lock is the weakest there is: other writers of the run's row go on, and only a claim, which
# takes the whole row, waits for this transaction. A claim that was first is waited for and seen.
_STORE = """
WITH claims AS (
    SELECT * FROM json_to_recordset(%t::json) AS claim (run_id text, fence int)
), held AS (
    SELECT runs.run_id FROM runs JOIN claims USING (run_id, fence) FOR KEY SHARE OF runs
), allowed AS (
    SELECT run_id FROM held UNION ALL SELECT run_id FROM claims WHERE fence IS NULL
), blobs AS (
    INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
    SELECT thread_id, checkpoint_ns, channel, version, type, blob
    FROM json_populate_recordset(NULL::checkpoint_blobs, %t::json)
    WHERE thread_id IN (SELECT run_id FROM allowed)
    ON CONFLICT DO NOTHING
), documents AS (
    INSERT INTO checkpoints
        (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
    SELECT thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata
    FROM json_populate_recordset(NULL::checkpoints, %t::json)
    WHERE thread_id IN (SELECT run_id FROM allowed)
    ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
    DO UPDATE SET checkpoint = excluded.checkpoint, metadata = excluded.metadata
), writes AS (
    INSERT INTO checkpoint_writes
        (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, task_path, channel, type, blob)
    SELECT thread_id, checkpoint_ns, checkpoint_id, task_id, idx, task_path, channel, type, blob
    FROM json_populate_recordset(NULL::checkpoint_writes, %t::json)
    WHERE thread_id IN (SELECT run_id FROM allowed)
    ON CONFLICT DO NOTHING
), replacing AS (
    INSERT INTO checkpoint_writes
        (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, task_path, channel, type, blob)
    SELECT thread_id, checkpoint_ns, checkpoint_id, task_id, idx, task_path, channel, type, blob
    FROM json_populate_recordset(NULL::checkpoint_writes, %t::json)
    WHERE thread_id IN (SELECT run_id FROM allowed)
    ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
    DO UPDATE SET channel = excluded.channel, type = excluded.type, blob = excluded.blob
)
SELECT run_id FROM allowed
"""
