"""How fast the engines are with nothing to execute: no graph, no checkpoints, no events."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, cast

from benchmarks.places import Server
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES
from graph.build import GRAPH_VERSION
from server.lifecycle import launches
from server.lifecycle.service import Actor, Bell, Service
from server.store.claims import Claim
from server.store.database import Database
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.worker.drive import Brake, Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.queued import QueuedEngine

RUNS = 300


class _Nothing:
    """A driver that counts."""

    graph_versions = (GRAPH_VERSION,)

    def __init__(self) -> None:
        self.left = RUNS
        self.all = asyncio.Event()

    async def drive(self, _claim: Claim, _brake: Brake) -> None:
        self.left -= 1
        if self.left <= 0:
            self.all.set()


async def rates(postgres: Server) -> dict[str, float]:
    """Empty executions per second, by database."""
    with tempfile.TemporaryDirectory() as folder, postgres.database() as address:
        bell = Bell()
        file, server = SqliteDatabase(Path(folder) / "agentos.db"), PostgresDatabase(address)
        return {
            "SQLite": await _rate(file, EmbeddedEngine(file, bell, slots=32)),
            "Postgres": await _rate(server, QueuedEngine(server, bell, address, slots=32)),
        }


async def _rate(database: Database, engine: EmbeddedEngine | QueuedEngine) -> float:
    await database.open()
    service = Service(database, engine, cast("Any", {"slack": None}), GRAPH_VERSION)
    for number in range(RUNS):
        request = LaunchRequest(company_name=f"Company {number}")
        await launches.launch(service, request, Actor("bench", "api", scopes=ALL_SCOPES))
    nothing = _Nothing()
    began = time.perf_counter()
    await engine.serve(cast("Driver", nothing))
    await nothing.all.wait()
    took = time.perf_counter() - began
    await engine.drain()
    await database.close()
    return RUNS / took
