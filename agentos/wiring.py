"""Puts the service together: the only place that knows every concrete class."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from agentos.sandboxed import sandbox_variables
from agentos.settings import Settings
from domain.errors import BadSetting
from domain.ports import System
from graph.build import GRAPH_VERSION, build
from server.api.app import create_app
from server.lifecycle.service import Bell, Service
from server.store.checkpoints import open_saver
from server.store.database import Database
from server.store.sqlite import SqliteDatabase
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from systems import registry

_log = logging.getLogger("agentos")


def systems(settings: Settings) -> dict[str, System]:
    """The systems as the settings describe them; `BadSetting` when something is missing."""
    if not settings.sandbox:
        return registry.build(settings.environment)
    if settings.sandbox_url is None:
        raise BadSetting(
            "SANDBOX_URL is not set, so the stand-ins of the systems cannot be found.",
            advice="Start `agentos dev`, or `agentos sandbox` and give its address, or SANDBOX=0.",
        )
    return registry.build({**settings.environment, **sandbox_variables(settings.sandbox_url)})


def application(settings: Settings) -> FastAPI:
    """The API with its store and worker, which live as long as the application does."""
    database = SqliteDatabase(settings.sqlite_db_path)
    bell = Bell()
    engine = EmbeddedEngine(database, bell, slots=settings.agentos_worker_slots)
    service = Service(
        database=database,
        engine=engine,
        systems=systems(settings),
        graph_version=GRAPH_VERSION,
        probes=_probes(settings, database, engine),
        bell=bell,
    )
    unsigned = not settings.approval_webhook_secrets and settings.on_loopback

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await database.open()
        try:
            async with open_saver(settings.checkpoint_path) as saver:
                limits = {"max_step_retries": settings.max_step_retries}
                await engine.serve(Driver(service, build(saver), limits))
                if unsigned:
                    _log.warning("Approval webhooks are accepted unsigned, from this machine only.")
                try:
                    yield
                finally:
                    await engine.drain()
        finally:
            await database.close()

    return create_app(
        service,
        webhook_secrets=settings.approval_webhook_secrets,
        unsigned_webhook_allowed=unsigned,
        lifespan=lifespan,
    )


def _probes(
    settings: Settings, database: Database, engine: EmbeddedEngine
) -> Mapping[str, Callable[[], Awaitable[str]]]:
    async def worker() -> str:
        return "ok" if engine.alive else "No worker executes runs."

    async def sandbox() -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=3.0) as client:
            answer = await client.get(f"{settings.sandbox_url}/_sandbox/health")
        return "ok" if answer.is_success else "The sandbox is not well."

    probes: dict[str, Callable[[], Awaitable[str]]] = {"database": database.ping, "worker": worker}
    return probes | {"sandbox": sandbox} if settings.sandbox else probes
