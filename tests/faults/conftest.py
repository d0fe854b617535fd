"""The systems for all processes of a test, and what is counted in them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agentos.sandboxed import sandbox_variables
from sandbox.github import repositories
from server.store.dsn import conninfo
from systems import registry
from tests.doubles.house import House, house
from tests.faults.life import Life
from tests.faults.records import Records, database_url
from tests.faults.turnstile import Turnstile
from tests.faults.twists import impatient
from tests.sandbox_server import SandboxServer, sandbox_server


@dataclass(frozen=True)
class Systems:
    """The sandbox behind a turnstile; `before` is what it holds from the start."""

    sandbox: SandboxServer
    turnstile: Turnstile
    before: Mapping[str, Mapping[str, int]]

    @property
    def url(self) -> str:
        return self.sandbox.url

    def made(self) -> dict[str, int]:
        """How many objects of each kind there are that were not there at the start."""
        counts = {
            f"{system} {kind}": count - self.before.get(system, {}).get(kind, 0)
            for system, kinds in self.sandbox.counts().items()
            for kind, count in kinds.items()
        }
        return {kind: count for kind, count in counts.items() if count}


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[SandboxServer, Turnstile]]:
    """A copy of GitHub's template is ready at once: that saves a second of each run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repositories, "READS_UNTIL_READY", 0)
        turnstile = Turnstile()
        with sandbox_server(around=turnstile.before) as server:
            yield server, turnstile


@pytest.fixture
def systems(running: tuple[SandboxServer, Turnstile]) -> Iterator[Systems]:
    server, turnstile = running
    server.reset()
    with turnstile.open():
        yield Systems(server, turnstile, server.counts())


@pytest.fixture
def life(tmp_path: Path, address: str | None, systems: Systems) -> Life:
    """A life on an empty database of either kind."""
    return Life(tmp_path, systems.url, database_url(address), twists=(impatient,))


@pytest.fixture
def records(life: Life) -> Records:
    return Records(life.folder, life.database)


@asynccontextmanager
async def at_home(life: Life) -> AsyncIterator[House]:
    """Launches and decides in this process; the runs are executed in others."""
    systems = registry.build(sandbox_variables(life.sandbox))
    address = conninfo(life.database) if life.database else None
    async with house(life.folder, systems, served=False, address=address) as home:
        yield home


@pytest.fixture
async def home(life: Life) -> AsyncIterator[House]:
    async with at_home(life) as home:
        yield home


Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Have a figure printed at the end of all tests."""
    return lambda figure: record_property("figure", figure)
