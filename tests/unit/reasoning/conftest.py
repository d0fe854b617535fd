"""The stand-in of Bedrock, and a model on it."""

from collections.abc import Iterator

import pytest

from tests.doubles.stand_in import StandIn
from tests.sandbox_server import SandboxServer, sandbox_server


@pytest.fixture(scope="module")
def _server() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def bedrock(_server: SandboxServer) -> StandIn:
    """A stand-in that nobody has asked anything yet."""
    _server.control("bedrock/reset", {})
    return StandIn(_server)
