"""The API over a real service with toy systems on a temporary database."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.policies import ONE_APPROVAL, Policy
from server.api.app import create_app
from server.api.gate import Access
from server.lifecycle.callers import KeyRing
from tests.doubles.chatter import chatter
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy
from tests.integration import leaks
from tests.integration.api.described import Description
from tests.integration.caller import Caller


@dataclass(frozen=True)
class Door(Caller):
    """A caller, the service behind the door, and what the systems hold."""

    app: FastAPI
    home: House
    worlds: dict[str, ToyWorld]

    async def escalated(self) -> dict[str, Any]:
        """A run whose slack was refused and that asks what to do."""
        self.worlds["slack"].broken = "refused"
        run = await self.parked()
        await self.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
        run = await self.wait(run["run_id"])
        assert run["status"] == "escalated"
        return run


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    guarded: Callable[[KeyRing], Access] | None = None,
    four_eyes: bool = False,
    policy: Policy = ONE_APPROVAL,
    **options: Any,
) -> AsyncIterator[Door]:
    """The API of one service; `options` are those of `create_app`. `guarded`: who asks is known.

    Whatever it answers is held against its own description.
    """
    worlds = {name: ToyWorld() for name in ("slack", "github", "grants")}
    systems = {name: toy(name, world, ("a", "b")) for name, world in worlds.items()}
    settings: dict[str, Any] = {
        "access": Access(),
        "webhook_secrets": (),
        "unsigned_webhook_allowed": True,
        **options,
    }
    async with house(folder, systems, four_eyes=four_eyes, policy=policy) as home:
        if guarded:
            settings["access"] = guarded(KeyRing(home.service.database))
        app = create_app(home.service, chats=chatter(home).chats, **settings)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://agentos.test",
            event_hooks={"response": [Description(app).check]},
        ) as http:
            yield Door(http, app, home, worlds)
            assert await leaks.of_engine(folder / "agentos.db") == []


@pytest.fixture
async def door(folder: Path) -> AsyncIterator[Door]:
    """The API of a fresh service that takes webhooks unsigned."""
    async with opened(folder) as door:
        yield door
