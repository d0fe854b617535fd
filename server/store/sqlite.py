"""SQLite: one file, used by one process."""

import asyncio
import fcntl
import logging
import sqlite3
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from domain.errors import BadSetting
from server.store import migrate
from server.store.closing import close
from server.store.destinations import NOBODY
from server.store.transactions import Transaction, translated

# At DEBUG it writes the values of every statement, and some of these are e-mail addresses.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)

_BUSY_MS = 10_000


class _Connection(sqlite3.Connection):
    """One that takes its cursors with it when it is closed.

    Otherwise a cursor that was not read to its end keeps the connection, and with it the lock of
    its transaction, until it is collected. A statement that is cancelled leaves such a cursor.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors = weakref.WeakSet[sqlite3.Cursor]()

    def cursor(self, *args: Any, **options: Any) -> Any:
        cursor = super().cursor(*args, **options)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


class SqliteDatabase:
    """See `Database`. An operating system lock keeps a second process out.

    Writers take turns on one connection, so `BEGIN IMMEDIATE` never meets a busy file; readers have
    their own and never wait. `synchronous=FULL`: what is acknowledged is on the disk. One that is
    not `alone` reads and makes short writes, beside a process that has the file.
    """

    def __init__(self, path: Path, *, alone: bool = True) -> None:
        self.path = path
        self._alone = alone
        self.destinations = NOBODY
        self._lock: IO[str] | None = None
        self._writer: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None

    async def open(self, *, upgrade: bool = True) -> None:
        """Take the file and bring its tables up to date."""
        if self._alone:
            await asyncio.to_thread(self._take)
        elif not self.path.exists():
            raise BadSetting(
                "SQLITE_DB_PATH names a file that does not exist.",
                advice="Start the service once, or correct the path.",
            )
        try:
            await asyncio.to_thread(self._prepare, migrate.upgrade if upgrade else migrate.versions)
        except BaseException:
            await self.close()
            raise
        self._writer = _engine(self.path, size=1)
        _begins(self._writer.sync_engine, "BEGIN IMMEDIATE")
        # A read is one statement: it needs no BEGIN and no ROLLBACK around it.
        self._reader = _engine(
            self.path, size=4, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True
        )

    async def versions(self) -> tuple[str | None, str | None]:
        """See `Database`."""
        engine = self._open_writer() if self._alone else self._reader
        if engine is None:
            raise RuntimeError("the database is not open")
        with translated():
            async with engine.connect() as connection:
                return await connection.run_sync(migrate.versions)

    async def close(self) -> None:
        """Close every connection and give the file back."""
        for engine in (self._writer, self._reader):
            if engine:
                await close(engine)
        self._writer = self._reader = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = Path(f"{self.path}.lock").open("w")  # noqa: SIM115 - held until close
        except OSError as error:
            raise BadSetting(
                f"SQLITE_DB_PATH names a place that cannot be written: {error.strerror}.",
                advice="Choose a writable folder.",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            self._lock = None
            raise BadSetting(
                "SQLITE_DB_PATH is in use by another AgentOS process.",
                advice="Stop that process, or give this one its own SQLITE_DB_PATH.",
            ) from error

    def _prepare(self, tables: Callable[[Connection], object]) -> None:
        """In a thread: migrations are files, and no loop should wait for files."""
        engine = create_engine(f"sqlite:///{self.path}", poolclass=NullPool, hide_parameters=True)
        _prepared(engine)
        _begins(engine, "BEGIN IMMEDIATE" if self._alone else "BEGIN")
        with engine.begin() as connection:
            tables(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """See `Database`."""
        with translated():
            session = AsyncSession(self._open_writer(), expire_on_commit=False)
            async with session, session.begin():
                transaction = Transaction(session, _now(), self.destinations)
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

    def _open_writer(self) -> AsyncEngine:
        if self._writer is None:
            raise RuntimeError("the database is not open")
        return self._writer

    async def ping(self) -> str:
        """See `Database`."""
        async with self.read() as tx:
            await tx.session.execute(text("SELECT 1"))
        return "ok"


def _now() -> datetime:
    """The store's clock: this machine's, as the database is a file on it."""
    return datetime.now(UTC)


def _engine(path: Path, *, size: int, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        connect_args={"factory": _Connection},
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        **options,
    )
    _prepared(engine.sync_engine)
    return engine


def _prepared(engine: Engine) -> None:
    """Its connections are set up as we need them."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={_BUSY_MS}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begins(engine: Engine, statement: str) -> None:
    """Its transactions begin as we say."""

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
