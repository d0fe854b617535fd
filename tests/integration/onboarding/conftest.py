"""The whole service behind its real server, with its real connectors, on the sandbox."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from agentos.settings import load
from agentos.wiring import application
from tests.integration import leaks
from tests.integration.caller import Caller, served
from tests.sandbox_server import SandboxServer
from tests.sqlite import installed

STAND_IN = {"slack": "slack", "github": "github", "newsletter": "brevo", "grants": "grants"}
"""What the sandbox calls our systems."""

FIRST_CALLS = {
    "slack": r"/conversations\.create$",
    "github": r"/orgs/[^/]+/teams$",
    "newsletter": r"/contacts/lists$",
    "grants": r"/applications/start$",
}
"""The call that makes the first object of each system."""


@dataclass(frozen=True)
class Office(Caller):
    """A caller, and the systems that are worked in; `before` is what they hold from the start."""

    sandbox: SandboxServer
    store: Path
    before: Mapping[str, Mapping[str, int]]

    @property
    def checkpoints(self) -> Path:
        """The file of the graph's checkpoints."""
        return self.store.with_name("agentos-checkpoints.db")

    def made(self) -> dict[str, int]:
        """How many objects of each kind the systems hold that were not there at the start."""
        return grown(self.before, self.sandbox.counts())

    def break_first_call(self, system: str, kind: str, **values: Any) -> None:
        """Arm a fault for the call that makes the first object of a system."""
        path = FIRST_CALLS[system]
        self.sandbox.fault(
            system=STAND_IN[system], method="POST", path_regex=path, kind=kind, **values
        )


def grown(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]]
) -> dict[str, int]:
    """How many more objects of each kind there are."""
    counts = {
        f"{system} {kind}": count - before.get(system, {}).get(kind, 0)
        for system, kinds in after.items()
        for kind, count in kinds.items()
    }
    return {kind: count for kind, count in counts.items() if count}


def step(run: dict[str, Any], system: str) -> dict[str, Any]:
    """The result of one system."""
    found: dict[str, Any] = next(each for each in run["steps"] if each["system"] == system)
    return found


@asynccontextmanager
async def opened(
    folder: Path, sandbox: SandboxServer, variables: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Office]:
    """One life of the service on `folder`, which leaves nothing behind."""
    installed(folder)
    store = folder / "agentos.db"
    before = sandbox.state()
    counts = sandbox.counts()
    settings = load(variables, sandbox_url=sandbox.url, sqlite_db_path=store, max_step_retries=2)
    async with served(application(settings)) as http:
        yield Office(http, sandbox, store, counts)
        assert await leaks.of_engine(store) == []
    assert leaks.of_sandbox(store, before, sandbox.state()) == []


@pytest.fixture
async def office(tmp_path: Path, sandbox: SandboxServer) -> AsyncIterator[Office]:
    """A fresh service and fresh systems."""
    async with opened(tmp_path, sandbox) as office:
        yield office
