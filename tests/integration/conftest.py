"""Stores of tests' own; no test of the service leaves anything behind."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sandbox.github import repositories
from tests.doubles.house import house
from tests.integration import leaks
from tests.sandbox_server import SandboxServer, sandbox_server


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated store and no runs; copying it is faster than migrating anew."""
    folder = tmp_path_factory.mktemp("store")

    async def make() -> None:
        async with house(folder, {}):
            pass

    asyncio.run(make())
    return folder


@pytest.fixture
def folder(tmp_path: Path, empty_store: Path) -> Path:
    """A store of the test's own."""
    return Path(shutil.copytree(empty_store, tmp_path / "store"))


@pytest.fixture(autouse=True)
async def nothing_leaks(tmp_path: Path) -> AsyncIterator[None]:
    """Looks when everything else of the test has been taken down."""
    yield
    found = leaks.of_tasks()
    for store in tmp_path.rglob("agentos.db"):
        found += leaks.of_store(store)
    assert found == []


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Fresh systems, in which a copy of the template is ready at once: that saves a second."""
    monkeypatch.setattr(repositories, "READS_UNTIL_READY", 0)
    running.reset()
    return running
