"""Transactions that commit together: what many runs write at one time costs one commit."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from domain.errors import StoreUnavailable
from server.store.postgres import PostgresDatabase, clock
from server.store.transactions import Transaction, translated

_MOST = 64


class _Writer:
    """Waits for its turn, writes, and waits until that is durable."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[tuple[AsyncConnection, datetime]] = loop.create_future()
        self.written: asyncio.Future[Transaction | None] = loop.create_future()
        self.durable: asyncio.Future[None] = loop.create_future()

    def refuse(self) -> None:
        """Its turn does not come, or what it wrote is not kept."""
        for future in (self.turn, self.durable):
            if not future.done():
                future.set_exception(StoreUnavailable("The database went away."))
                future.exception()  # seen, though a writer that was cancelled never asks


class GroupedPostgres(PostgresDatabase):
    """See `Database`. Writers take turns in one transaction while others wait; then it commits.

    Each returns when its writes are durable, and what one raises takes back its own writes only.
    This is for the short writes of a worker, each to a run of its own: one that waits for another
    process, while rows of other runs are held here, could close a circle.
    """

    def __init__(self, conninfo: str, **options: Any) -> None:
        super().__init__(conninfo, writers=1, **options)
        self._line: deque[_Writer] = deque()
        self._conductor: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """See `Database`."""
        writer = _Writer()
        self._line.append(writer)
        if self._conductor is None or self._conductor.done():
            self._conductor = asyncio.create_task(self._conduct(self._open_writer()))
        transaction: Transaction | None = None
        try:
            connection, now = await writer.turn
            with translated():
                async with _own_part(connection) as session:
                    transaction = Transaction(session, now, self.destinations)
                    yield transaction
        except BaseException:
            transaction = None
            raise
        finally:
            writer.written.set_result(transaction)
        await writer.durable
        transaction.committed()

    async def _conduct(self, engine: AsyncEngine) -> None:
        """Open transactions as long as somebody stands in line."""
        while self._line:
            members: list[_Writer] = []
            try:
                with translated():
                    async with engine.begin() as connection:
                        await self._give_turns(connection, members)
            except (StoreUnavailable, SQLAlchemyError):
                self._refuse(members)
            except BaseException:
                self._refuse(members)
                raise
            for writer in members:
                if not writer.durable.done():
                    writer.durable.set_result(None)

    async def _give_turns(self, connection: AsyncConnection, members: list[_Writer]) -> None:
        now = await clock(connection)
        written: list[Transaction] = []
        while self._line and len(members) < _MOST:
            writer = self._line.popleft()
            if writer.turn.cancelled():
                continue
            writer.turn.set_result((connection, now))
            if transaction := await writer.written:
                members.append(writer)
                written.append(transaction)
            if connection.invalidated:
                raise StoreUnavailable("The database went away.")
        for transaction in written:
            await transaction.finish(connection)

    def _refuse(self, members: list[_Writer]) -> None:
        """Nothing of these was kept; the others in line need not wait for the same."""
        for writer in [*members, *self._line]:
            writer.refuse()
        self._line.clear()


@asynccontextmanager
async def _own_part(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session whose writes can be taken back alone.

    The savepoint is not released but overtaken by the next one of its name, which saves every
    writer a round trip.
    """
    await connection.exec_driver_sql("SAVEPOINT writer")
    session = AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="rollback_only"
    )
    try:
        yield session
        await session.flush()
    except BaseException:
        if not connection.invalidated:
            await connection.exec_driver_sql("ROLLBACK TO SAVEPOINT writer")
        raise
    finally:
        await session.close()
