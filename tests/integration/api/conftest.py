"""The API over a real service with toy systems on a temporary database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from server.api.app import create_app
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy

RUNS = "/api/v1/runs"


@dataclass(frozen=True)
class Door:
    """A caller, the service behind the door, and what the systems hold."""

    http: httpx.AsyncClient
    app: FastAPI
    home: House
    worlds: dict[str, ToyWorld]

    async def launch(self, name: str = "Acme Corp", **fields: Any) -> dict[str, Any]:
        """A launched run as the API shows it."""
        answer = await self.http.post(RUNS, json={"company_name": name, **fields})
        assert answer.status_code == 201, answer.text
        run: dict[str, Any] = answer.json()
        return run

    async def parked(self, name: str = "Acme Corp", **fields: Any) -> dict[str, Any]:
        """A run that waits for its approval."""
        run = await self.launch(name, **fields)
        return await self.wait(run["run_id"])

    async def wait(self, run_id: str) -> dict[str, Any]:
        """The run once it is parked or has ended."""
        answer = await self.http.get(f"{RUNS}/{run_id}/wait", params={"timeout": 15})
        assert answer.status_code == 200, answer.text
        run: dict[str, Any] = answer.json()
        return run

    async def move(self, run_id: str, move: str, body: Any = None, **more: Any) -> httpx.Response:
        """One move; without `body` none is sent."""
        sent = {} if body is None else {"json": body}
        return await self.http.post(f"{RUNS}/{run_id}/{move}", **sent, **more)

    async def escalated(self) -> dict[str, Any]:
        """A run whose slack was refused and that asks what to do."""
        self.worlds["slack"].broken = "refused"
        run = await self.parked()
        await self.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
        run = await self.wait(run["run_id"])
        assert run["status"] == "escalated"
        return run


@asynccontextmanager
async def opened(folder: Path, **options: Any) -> AsyncIterator[Door]:
    """The API of one service; `options` are those of `create_app`."""
    worlds = {name: ToyWorld() for name in ("slack", "github", "grants")}
    systems = {name: toy(name, world, ("a", "b")) for name, world in worlds.items()}
    settings: dict[str, Any] = {"webhook_secrets": (), "unsigned_webhook_allowed": True} | options
    async with house(folder, systems) as home:
        app = create_app(home.service, **settings)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
            yield Door(http, app, home, worlds)


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
    """A store of the test's own."""
    return Path(shutil.copytree(empty_store, tmp_path / "store"))


@pytest.fixture
async def door(folder: Path) -> AsyncIterator[Door]:
    """The API of a fresh service that takes webhooks unsigned."""
    async with opened(folder) as door:
        yield door
