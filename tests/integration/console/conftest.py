"""The console over a real service with toy systems, and somebody who looks at it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from graph.build import build
from server.api.app import create_app
from server.api.gate import ACTOR_KEY, Access
from server.console.install import install
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
    found: Actor = request.scope[ACTOR_KEY]
    return found


@asynccontextmanager
async def opened(folder: Path, **options: Any) -> AsyncIterator[Desk]:
    """The console of one service; `options` are those of `house`."""
    worlds = {name: ToyWorld() for name in ("slack", "github")}
    systems = {name: toy(name, world, ("a", "b")) for name, world in worlds.items()}
    async with house(folder, systems, **options) as home:
        app = create_app(
            home.service, access=Access(), webhook_secrets=(), unsigned_webhook_allowed=True
        )
        stopping = app.state.stopping
        install(app, home.service, stopping, actor=_actor, edges=EDGES, sandbox=True)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
            yield Desk(http, home=home, worlds=worlds, app=app)
            assert await leaks.of_engine(folder / "agentos.db") == []


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated store and no runs; copying it is faster than migrating anew."""
    folder = tmp_path_factory.mktemp("store")

    async def make() -> None:
        async with opened(folder):
            pass

    asyncio.run(make())
    return folder


@pytest.fixture
def folder(tmp_path: Path, empty_store: Path) -> Path:
    return Path(shutil.copytree(empty_store, tmp_path / "store"))


@pytest.fixture
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with opened(folder) as desk:
        yield desk
