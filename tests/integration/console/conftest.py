"""The console over a real service with toy systems, and somebody who looks at it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from graph.build import build
from server.api.app import create_app
from server.api.gate import Access
from server.api.holders import Holders
from server.auth.exchange import ACTOR
from server.console.install import install
from server.lifecycle.callers import KeyRing
from server.lifecycle.service import Actor
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy
from tests.integration import leaks
from tests.integration.console.visitor import Visitor

EDGES = [(edge.source, edge.target) for edge in build().get_graph().edges]


@dataclass
class Desk(Visitor):
    """A visitor, the service behind the pages, and what the systems hold."""

    home: House = None  # type: ignore[assignment]
    worlds: dict[str, ToyWorld] = None  # type: ignore[assignment]
    app: FastAPI = None  # type: ignore[assignment]

    def become(self, actor: Actor) -> None:
        """Look at the pages as somebody else."""
        state = self.app.state
        state.console = replace(state.console, actor=lambda _request: actor)

    async def parked(self, name: str = "Acme Corp") -> str:
        """A run that waits for its approval."""
        run = await self.home.launch(name)
        await self.home.settle(run.run_id)
        return run.run_id


def _actor(request: Request) -> Actor:
    found: Actor = request.scope[ACTOR]
    return found


@asynccontextmanager
async def opened(
    folder: Path, guarded: Callable[[KeyRing], Access] | None = None, **options: Any
) -> AsyncIterator[Desk]:
    """The console of one service; `options` are those of `house`. `guarded`: who asks is known."""
    worlds = {name: ToyWorld() for name in ("slack", "github")}
    systems = {name: toy(name, world, ("a", "b")) for name, world in worlds.items()}
    async with house(folder, systems, **options) as home:
        access = guarded(KeyRing(home.service.database)) if guarded else Access()
        app = create_app(
            home.service, access=access, webhook_secrets=(), unsigned_webhook_allowed=True
        )
        install(
            app,
            home.service,
            app.state.stopping,
            actor=_actor,
            edges=EDGES,
            sandbox=True,
            logs_out=access.sessions is not None,
            keys=access.sessions if isinstance(access.sessions, Holders) else None,
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
            yield Desk(http, home=home, worlds=worlds, app=app)
            assert await leaks.of_engine(folder / "agentos.db") == []


@pytest.fixture
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with opened(folder) as desk:
        yield desk
