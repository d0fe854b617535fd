"""One sandbox per test module, as new for each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox_server import SandboxServer, sandbox_server


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    running.reset()
    return running
