"""What graphs work with that somebody else hosts: a store of their own, and the stand-ins."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import inf
from typing import Any

from agentos import wiring
from agentos.cli import processes
from agentos.settings import Settings, load
from domain.errors import BadSetting
from domain.ports import NodeContext, System
from domain.runs import RunState
from graph.build import GRAPH_VERSION, build
from prompts import loader
from server.lifecycle.service import Bell, Service
from server.store.checkpoints import open_saver
from server.store.sqlite import SqliteDatabase
from server.store.transactions import Transaction
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.journal import RunJournal, ports

_HOSTED = f"{GRAPH_VERSION}-hosted"
"""Runs that a host executes are of a version that no worker knows, so that none takes them."""


@dataclass(frozen=True)
class House:
    """`service` is for runs that the host executes, `chats` for those that are launched in a chat:
    a worker of the house executes them."""

    service: Service
    chats: Service
    limits: Mapping[str, Any]
    chat_tokens: int

    def context(self, run: RunState, journal: RunJournal) -> NodeContext:
        """Whoever hosts the graph parks nothing: waits of any length are waited for."""
        mine = ports(self.service, run, journal, halted=lambda: None)
        return replace(mine, **self.limits, longest_hold_seconds=inf)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """Open while inside; starts the stand-ins unless they are there.

    Files are read in threads, since a host may forbid its loop to do so.
    """
    if not settings.sandbox:
        raise BadSetting(
            "SANDBOX is 0, but Studio works on the stand-ins only: it knows no permissions.",
            advice="Set SANDBOX=1, and use the API for the real systems.",
        )
    with ExitStack() as children:
        systems = await asyncio.to_thread(_systems, settings, children)
        database = SqliteDatabase(settings.sqlite_db_path.with_name("studio.db"))
        await database.open()
        engine = EmbeddedEngine(database, bell := Bell())
        service = Service(database, _Host(), systems, _HOSTED, bell=bell)
        chats = replace(service, engine=engine, graph_version=GRAPH_VERSION)
        limits = wiring.limits(settings)
        try:
            async with open_saver(database.path.with_name("studio-checkpoints.db")) as saver:
                await engine.serve(Driver(chats, build(saver), limits))
                try:
                    yield House(service, chats, limits, settings.agent_chat_tokens)
                finally:
                    await engine.drain()
        finally:
            await database.close()


def _systems(settings: Settings, children: ExitStack) -> Mapping[str, System]:
    for prompt in ("approval", "clarification", "escalation", "planner", "supervisor"):
        loader.load(prompt)
    if settings.sandbox_url is None:
        place = settings.sqlite_db_path.with_name("studio-sandbox.db")
        child = children.enter_context(processes.started("sandbox", "--db", str(place)))
        url = processes.ready(child, "sandbox")["url"]
        settings = settings.model_copy(update={"sandbox_url": url})
    return wiring.systems(settings)


class _Host:
    """The engine: the host goes on by itself."""

    alive = True

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """See `server.lifecycle.service.Engine`."""


_life = AsyncExitStack()


@cache
def _opening() -> "asyncio.Future[House]":
    async def first() -> House:
        return await _life.enter_async_context(opened(await asyncio.to_thread(load)))

    return asyncio.ensure_future(first())


async def house() -> House:
    """Opened by the first run, closed with the loop; a start that failed is tried again."""
    try:
        return await asyncio.shield(_opening())
    except Exception:
        _opening.cache_clear()
        raise
