"""Who is still there: each worker process holds a lock that the database drops when it dies."""

import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg

from domain.errors import StoreUnavailable
from server.store.transactions import lock_key


def new_name() -> str:
    """A name for this process that no other one ever has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


class Presence:
    """A connection whose session holds the lock of `name`; it is of use only while `open`."""

    def __init__(self, connection: psycopg.AsyncConnection, name: str) -> None:
        self._connection = connection
        self.name = name

    async def gone(self, others: Iterable[str]) -> AsyncIterator[str]:
        """Those of `others` whose lock can be taken: their process or its connection is gone.

        Their lock is ours until the next one is asked for, so that nobody else tends to them too.
        """
        for other in others:
            if other == self.name:
                continue
            if await self._ask("SELECT pg_try_advisory_lock(%s)", other):
                try:
                    yield other
                finally:
                    await self._ask("SELECT pg_advisory_unlock(%s)", other)

    async def _ask(self, query: str, name: str) -> bool:
        try:
            cursor = await self._connection.execute(query, (lock_key("worker", name),))
            row = await cursor.fetchone()
        except psycopg.Error as error:
            raise StoreUnavailable("The lock of this worker is lost.") from error
        return bool(row and row[0])

    async def hold(self) -> bool:
        """Take our own lock; False while somebody takes us for gone."""
        return await self._ask("SELECT pg_try_advisory_lock(%s)", self.name)


@asynccontextmanager
async def present(conninfo: str, name: str) -> AsyncIterator[Presence]:
    """Be seen as alive while inside; `StoreUnavailable` when the database is away."""
    try:
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
    except psycopg.Error as error:
        raise StoreUnavailable("The database does not answer.") from error
    try:
        yield Presence(connection, name)
    finally:
        await connection.close()
