"""Postgres: one database, used by any number of processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from domain.errors import BadSetting, StoreUnavailable
from server.store import migrate
from server.store.closing import close
from server.store.destinations import NOBODY
from server.store.transactions import Transaction, translated

_CLOCK = text("SELECT clock_timestamp()")


class PostgresDatabase:
    """See `Database`. The store's time is that of the database server.

    At most `writers` and `readers` connections; whoever finds none free within `patience_seconds`
    gets `StoreUnavailable`.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        writers: int = 8,
        readers: int = 4,
        patience_seconds: float = 5.0,
    ) -> None:
        self.conninfo = conninfo
        self._sizes = (writers, readers)
        self._patience = patience_seconds
        self.destinations = NOBODY
        self._writer: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None

    async def open(self, *, upgrade: bool = True) -> None:
        """Connect, and bring the tables up to date; `BadSetting` if the server is not there."""
        writers, readers = self._sizes
        self._writer = self._engine(writers)
        # A read is one statement: it needs no BEGIN and no COMMIT around it.
        self._reader = self._engine(readers).execution_options(isolation_level="AUTOCOMMIT")
        try:
            with translated():
                async with self._writer.begin() as connection:
                    await connection.run_sync(migrate.upgrade if upgrade else migrate.versions)
        except StoreUnavailable as error:
            await self.close()
            raise BadSetting(
                "DATABASE_URL names a Postgres server that does not answer or lets nobody in.",
                advice="Start it, or correct the address, the user or the password.",
            ) from error

    async def versions(self) -> tuple[str | None, str | None]:
        """See `Database`."""
        with translated():
            async with self._open_writer().connect() as connection:
                return await connection.run_sync(migrate.versions)

    async def close(self) -> None:
        """See `Database`."""
        for engine in (self._writer, self._reader):
            if engine:
                await close(engine)
        self._writer = self._reader = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """See `Database`."""
        with translated():
            session = AsyncSession(self._open_writer(), expire_on_commit=False)
            async with session, session.begin():
                transaction = Transaction(session, await clock(session), self.destinations)
                yield transaction
                await session.flush()
                await transaction.finish(await session.connection())
        transaction.committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """See `Database`."""
        if self._reader is None:
            raise RuntimeError("the database is not open")
        with translated():
            async with AsyncSession(self._reader, expire_on_commit=False) as session:
                yield Transaction(session)

    async def ping(self) -> str:
        """See `Database`."""
        async with self.read() as tx:
            await tx.session.execute(text("SELECT 1"))
        return "ok"

    def _open_writer(self) -> AsyncEngine:
        if self._writer is None:
            raise RuntimeError("the database is not open")
        return self._writer

    def _engine(self, size: int) -> AsyncEngine:
        address = URL.create("postgresql+psycopg")
        return create_async_engine(
            address,
            pool_size=size,
            max_overflow=0,
            pool_timeout=self._patience,
            connect_args=conninfo_to_dict(self.conninfo),
            hide_parameters=True,
        )


async def clock(connection: AsyncSession | AsyncConnection) -> datetime:
    """The time of the database server."""
    now: datetime = (await connection.execute(_CLOCK)).scalar_one()
    return now
