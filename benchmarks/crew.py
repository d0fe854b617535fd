"""Workers in processes of their own, and callers beside them."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Self

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine, event

from benchmarks.still import still_systems
from graph.build import GRAPH_VERSION, build
from server.lifecycle.service import Bell, Service
from server.store.checkpoints import open_saver
from server.store.database import Database
from server.store.group_saver import open_group_saver
from server.store.grouped import GroupedPostgres
from server.store.notices import Notices
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.queued import QueuedEngine

Kind = Literal["sqlite", "stock", "ours"]
Place = Path | str
_PROCESSES = multiprocessing.get_context("spawn")
LIMITS = {"max_step_retries": 3}


@asynccontextmanager
async def _stock_saver(address: str) -> AsyncIterator[AsyncPostgresSaver]:
    settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        address, min_size=1, max_size=8, open=False, kwargs=settings
    )
    async with pool:
        yield AsyncPostgresSaver(pool)


@asynccontextmanager
async def _on_postgres(kind: Kind, address: str, slots: int) -> AsyncIterator[Service]:
    """A process that executes runs, as `agentos worker` is put together."""
    bell = Bell()
    claiming = PostgresDatabase(address)
    workbench: Database = (
        PostgresDatabase(address, writers=8) if kind == "stock" else GroupedPostgres(address)
    )
    saving: AbstractAsyncContextManager[BaseCheckpointSaver[Any]] = (
        _stock_saver(address) if kind == "stock" else open_group_saver(address)
    )
    engine = QueuedEngine(claiming, bell, address, slots=slots)
    notices = Notices(address, bell.ring)
    bell.tell = notices.tell
    service = Service(claiming, engine, still_systems(), GRAPH_VERSION, bell=bell)
    async with AsyncExitStack() as stack:
        for each in (claiming, workbench, notices):
            await each.open()
            stack.push_async_callback(each.close)
        saver = await stack.enter_async_context(saving)
        await engine.serve(Driver(replace(service, database=workbench), build(saver), LIMITS))
        stack.push_async_callback(engine.drain)
        yield service


def _work(kind: Kind, address: str, slots: int, pipe: Connection) -> None:
    async def until_told() -> None:
        async with _on_postgres(kind, address, slots):
            pipe.send(os.getpid())
            while await asyncio.to_thread(pipe.recv):
                pipe.send(time.process_time())

    asyncio.run(until_told())


@dataclass
class Crew:
    """The workers of one trial; in SQLite mode the callers' own process is the only one."""

    kind: Kind
    place: Place
    workers: int
    slots: int
    _pipes: list[Connection] = field(default_factory=list)
    _processes: list[Any] = field(default_factory=list)
    _commits: int = 0

    async def __aenter__(self) -> Self:
        for _ in range(self.workers if isinstance(self.place, str) else 0):
            ours, theirs = _PROCESSES.Pipe()
            arguments = (self.kind, self.place, self.slots, theirs)
            process = _PROCESSES.Process(target=_work, args=arguments)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
            await asyncio.to_thread(ours.recv)
        return self

    async def __aexit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(False)
        for process in self._processes:
            await asyncio.to_thread(process.join)

    async def cpu_seconds(self) -> float:
        """Of the callers and the workers together."""
        spent = time.process_time()
        for pipe in self._pipes:
            pipe.send(True)
            spent += await asyncio.to_thread(pipe.recv)
        return spent

    def commits(self) -> int:
        """Of the SQLite files, counted here as the files do not tell."""
        return self._commits

    def count(self, *_: object) -> None:
        """One more."""
        self._commits += 1


@asynccontextmanager
async def callers(place: Place, crew: Crew) -> AsyncIterator[Service]:
    """What launches, decides and waits; with SQLite it executes the runs too."""
    bell = Bell()
    if isinstance(place, str):
        database = PostgresDatabase(place)
        notices = Notices(place, bell.ring)
        bell.tell = notices.tell
        engine = QueuedEngine(database, bell, place)
        async with AsyncExitStack() as stack:
            for each in (database, notices):
                await each.open()
                stack.push_async_callback(each.close)
            yield Service(database, engine, still_systems(), GRAPH_VERSION, bell=bell)
        return
    async with _on_sqlite(place, bell, crew) as service:
        yield service


@asynccontextmanager
async def _on_sqlite(folder: Path, bell: Bell, crew: Crew) -> AsyncIterator[Service]:
    database = SqliteDatabase(folder / "agentos.db")
    engine = EmbeddedEngine(database, bell, slots=crew.slots)
    service = Service(database, engine, still_systems(), GRAPH_VERSION, bell=bell)
    async with AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        event.listen(Engine, "commit", crew.count)
        stack.callback(event.remove, Engine, "commit", crew.count)
        saver = await stack.enter_async_context(open_saver(folder / "checkpoints.db"))
        await saver.conn.set_trace_callback(lambda sql: crew.count() if sql == "COMMIT" else None)
        await engine.serve(Driver(service, build(saver), LIMITS))
        stack.push_async_callback(engine.drain)
        yield service
