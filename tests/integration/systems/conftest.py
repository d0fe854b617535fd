"""The sandbox for the tests of what connectors promise to operators."""

from collections.abc import Iterator

import pytest

from sandbox.github import repositories
from tests.sandbox_server import SandboxServer, sandbox_server


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Fresh systems, in which a copy of the template is ready at once: that saves a second."""
    monkeypatch.setattr(repositories, "READS_UNTIL_READY", 0)
    running.reset()
    return running
