"""Where the data is kept and who executes runs: one SQLite file, or a Postgres for many."""

from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import replace
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver

from agentos.settings import Settings
from agentos.telling import NOTHING, Telling
from domain.errors import BadSetting
from graph.build import GRAPH_VERSION
from server.lifecycle.service import Bell
from server.store import examination
from server.store.checkpoints import open_saver
from server.store.claims import Limits
from server.store.database import Database
from server.store.dsn import conninfo
from server.store.examination import Examination
from server.store.group_saver import open_group_saver
from server.store.grouped import GroupedPostgres
from server.store.notices import Notices
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.worker.courier import Courier
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.feeder import Feeder
from server.worker.queued import QueuedEngine

Saver = BaseCheckpointSaver[Any]
_RUNS_WAIT_SECONDS = 30.0
_CALLERS_WAIT_SECONDS = 1.0


class Opened(Protocol):
    """What is connected at the start and closed at the end."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class Keeping:
    """`database` serves callers, `workbench` the runs: neither can use up the other's connections.

    In SQLite they are one, since its writers take turns anyway.
    """

    def __init__(self, settings: Settings, telling: Telling = NOTHING) -> None:
        self.bell = Bell()
        self.database: Database
        self.workbench: Database
        self.engine: EmbeddedEngine | QueuedEngine
        self._saving: Callable[[], AbstractAsyncContextManager[Saver]]
        self._chatting: Callable[[Saver | None], AbstractAsyncContextManager[Saver]]
        self._posting: Database
        self._telling = telling
        limits = Limits(settings.agentos_max_runs, settings.agentos_max_runs_per_tenant)
        slots = settings.agentos_worker_slots
        if settings.database_url:
            address = conninfo(settings.database_url)
            self.database = PostgresDatabase(address, patience_seconds=_CALLERS_WAIT_SECONDS)
            self.workbench = GroupedPostgres(address, patience_seconds=_RUNS_WAIT_SECONDS)
            claiming = PostgresDatabase(
                address, writers=4, readers=1, patience_seconds=_RUNS_WAIT_SECONDS
            )
            self.engine = QueuedEngine(claiming, self.bell, address, slots=slots, limits=limits)
            for each in (self.database, self.workbench, claiming):
                each.destinations = telling.destinations
            self._posting = claiming
            notices = Notices(address, self.bell.ring)
            self.bell.tell = notices.tell
            self._for_callers: tuple[Opened, ...] = (self.database, notices)
            self._for_runs: tuple[Opened, ...] = (self.workbench, claiming)
            self._saving = lambda: open_group_saver(address)
            self._chatting = lambda _runs: open_group_saver(
                address, size=2, patience_seconds=_CALLERS_WAIT_SECONDS
            )
        else:
            self.database = self.workbench = SqliteDatabase(settings.sqlite_db_path)
            self.database.destinations = telling.destinations
            self._posting = self.database
            self.engine = EmbeddedEngine(self.database, self.bell, slots=slots, limits=limits)
            self._for_callers, self._for_runs = (self.database,), ()
            self._saving = lambda: open_saver(settings.checkpoint_path)
            self._chatting = lambda runs: nullcontext(runs) if runs else self._saving()

    @asynccontextmanager
    async def open(
        self,
        driver: Callable[[Saver], Driver] | None,
        chat: Callable[[Saver], None] | None = None,
    ) -> AsyncIterator[None]:
        """Connected while inside; with a `driver` this process executes runs as well.

        `chat` is given where chats are kept: beside the checkpoints of runs. Who
        executes runs also tells of their events.
        """
        async with AsyncExitStack() as stack:
            for each in self._for_callers + (self._for_runs if driver else ()):
                await each.open()
                stack.push_async_callback(each.close)
            saver: Saver | None = None
            if driver:
                courier = Courier(
                    self._posting, self._telling.destinations, self._telling.receivers
                )
                await courier.open()
                stack.push_async_callback(courier.close)
                saver = await stack.enter_async_context(self._saving())
                made = driver(saver)
                await self.engine.serve(made)
                stack.push_async_callback(self.engine.drain)
                feeder = Feeder(replace(made.service, database=self.database))
                await feeder.open()
                stack.push_async_callback(feeder.close)
            if chat:
                chat(await stack.enter_async_context(self._chatting(saver)))
            yield


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Database]:
    """The database to read from, beside whoever works on it; `BadSetting` if it is none yet."""
    database: Database = SqliteDatabase(settings.sqlite_db_path, alone=False)
    if settings.database_url:
        database = Keeping(settings).database
    await database.open(upgrade=False)
    try:
        present, wanted = await database.versions()
        if present is None or wanted is None or present < wanted:
            raise BadSetting(
                "The tables of the database are not those of this release.",
                advice="Bring them up to date with: agentos db upgrade",
            )
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def writing(settings: Settings) -> AsyncIterator[Database]:
    """The database for a short write: up to date if nobody has it, else beside whoever has it."""
    database = Keeping(settings).database
    try:
        await database.open()
    except BadSetting:
        if settings.database_url or not settings.sqlite_db_path.exists():
            raise
        async with reading(settings) as database:
            yield database
        return
    try:
        yield database
    finally:
        await database.close()


async def tables(settings: Settings, *, upgrade: bool) -> dict[str, str | None]:
    """Which version the tables have and which is wanted, and the database's kind."""
    database = Keeping(settings).database
    await database.open(upgrade=upgrade)
    try:
        present, wanted = await database.versions()
    finally:
        await database.close()
    kind = "Postgres" if settings.database_url else str(settings.sqlite_db_path)
    return {"database": kind, "present": present, "wanted": wanted}


async def examine(settings: Settings) -> Examination:
    """What can be told of the database from outside."""
    database = Keeping(settings).database
    await database.open(upgrade=False)
    try:
        return await examination.examine(database, (GRAPH_VERSION,))
    finally:
        await database.close()
