"""An engine of either kind over a store of its kind, without the graph."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES
from server.lifecycle import launches
from server.lifecycle.service import Actor, Bell, Service
from server.store.database import Database
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.store.tables import RunRow
from server.worker.embedded import EmbeddedEngine
from server.worker.queued import QueuedEngine
from tests.contract.engines.recorder import Recorder
from tests.sqlite import installed

DANA = Actor("dana", "api", scopes=ALL_SCOPES)


@dataclass(frozen=True)
class Works:
    """One life of an engine."""

    service: Service
    engine: EmbeddedEngine | QueuedEngine
    database: Database

    async def launch(self, name: str = "Acme Corp", **columns: Any) -> str:
        """A launched run, some columns of its row changed."""
        request = LaunchRequest.model_validate({"company_name": name})
        run_id = (await launches.launch(self.service, request, DANA)).run.run_id
        if columns:
            async with self.database.write() as tx:
                changed = update(RunRow).where(RunRow.run_id == run_id).values(**columns)
                await tx.session.execute(changed)
        return run_id

    async def wake(self, run_id: str, *, priority: int = 0, seconds: float | None = None) -> None:
        """Ring for the run, now or in so many seconds of the store's time."""
        async with self.database.write() as tx:
            at = None if seconds is None else tx.now + timedelta(seconds=seconds)
            await self.engine.wake(tx, run_id, priority=priority, at=at)

    async def row(self, run_id: str) -> RunRow:
        async with self.database.read() as tx:
            row = await tx.session.get(RunRow, run_id)
            assert row is not None
            return row


Begin = Callable[..., AbstractAsyncContextManager[Works]]


@pytest.fixture
def works(tmp_path: Path, address: str | None) -> Begin:
    """Begin a life of an engine; with a recorder it executes runs."""

    @asynccontextmanager
    async def begin(recorder: Recorder | None = None, **options: Any) -> AsyncIterator[Works]:
        async with one_life(tmp_path, address, recorder, **options) as works:
            yield works

    return begin


@asynccontextmanager
async def one_life(
    folder: Path, address: str | None, recorder: Recorder | None, **options: Any
) -> AsyncIterator[Works]:
    bell = Bell()
    database: Database
    engine: EmbeddedEngine | QueuedEngine
    if address is None:
        installed(folder)
        database = SqliteDatabase(folder / "agentos.db")
        engine = EmbeddedEngine(database, bell, **options)
    else:
        database = PostgresDatabase(address)
        engine = QueuedEngine(database, bell, address, **options)
    service = Service(database=database, engine=engine, systems={}, graph_version="1", bell=bell)
    await database.open()
    try:
        if recorder:
            await engine.serve(recorder.driver)
        try:
            yield Works(service, engine, database)
        finally:
            await engine.drain()
    finally:
        await database.close()
