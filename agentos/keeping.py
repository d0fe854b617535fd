"""Where the data is kept and who executes runs: one SQLite file, or a Postgres for many."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from agentos.settings import Settings
from server.lifecycle.service import Bell
from server.store.checkpoints import open_saver
from server.store.claims import Limits
from server.store.database import Database
from server.store.dsn import conninfo
from server.store.group_saver import open_group_saver
from server.store.notices import Notices
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.queued import QueuedEngine

Saver = BaseCheckpointSaver[Any]
_WORKER_PATIENCE_SECONDS = 30.0
_CALLER_PATIENCE_SECONDS = 1.0


class Keeping:
    """`database` serves callers, `workbench` the runs: neither can use up the other's connections.

    In SQLite they are one, since its writers take turns anyway.
    """

    def __init__(self, settings: Settings) -> None:
        self.bell = Bell()
        self.database: Database
        self.workbench: Database
        self.engine: EmbeddedEngine | QueuedEngine
        self._notices: Notices | None = None
        self._saving: Callable[[], AbstractAsyncContextManager[Saver]]
        limits = Limits(settings.agentos_max_runs, settings.agentos_max_runs_per_tenant)
        slots = settings.agentos_worker_slots
        if settings.database_url:
            address = conninfo(settings.database_url)
            self.database = PostgresDatabase(address, patience_seconds=_CALLER_PATIENCE_SECONDS)
            self.workbench = PostgresDatabase(address, patience_seconds=_WORKER_PATIENCE_SECONDS)
            self.engine = QueuedEngine(
                self.workbench, self.bell, address, slots=slots, limits=limits
            )
            self._notices = Notices(address, self.bell.ring)
            self.bell.tell = self._notices.tell
            self._saving = lambda: open_group_saver(address)
        else:
            self.database = self.workbench = SqliteDatabase(settings.sqlite_db_path)
            self.engine = EmbeddedEngine(self.database, self.bell, slots=slots, limits=limits)
            self._saving = lambda: open_saver(settings.checkpoint_path)

    @asynccontextmanager
    async def open(self, driver: Callable[[Saver], Driver] | None) -> AsyncIterator[None]:
        """Connected while inside; with a `driver` this process executes runs as well."""
        await self.database.open()
        try:
            if self._notices:
                self._notices.start()
            if driver is None:
                yield
            else:
                async with self._workbench(), self._saving() as saver:
                    await self.engine.serve(driver(saver))
                    try:
                        yield
                    finally:
                        await self.engine.drain()
        finally:
            if self._notices:
                await self._notices.stop()
            await self.database.close()

    @asynccontextmanager
    async def _workbench(self) -> AsyncIterator[None]:
        if self.workbench is self.database:
            yield
            return
        await self.workbench.open()
        try:
            yield
        finally:
            await self.workbench.close()
