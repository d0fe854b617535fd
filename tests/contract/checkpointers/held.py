"""A flush that is held up in its middle, for real: by another transaction's uncommitted row."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def held_up(address: str, thread: str) -> Iterator[None]:
    """A first `write` of this thread waits until the end; the row that stops it then commits."""
    with psycopg.connect(address) as other:
        other.execute(
            "INSERT INTO checkpoint_writes VALUES (%s, '', 'none', 'task', 0, 'c', 'null', '', '')",
            (thread,),
        )
        yield


async def waiting(database: psycopg.Connection, *, sessions: int = 1) -> int:
    """The process id of a session that waits for a lock, as soon as there are so many."""
    while True:
        found = database.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchall()
        if len(found) >= sessions:
            return int(found[0][0])
        await asyncio.sleep(0.01)
