"""One server for all tests that leave it running, and the commands that speak to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from agentos.cli.main import app
from tests.e2e.running import Running, dev

Cli = Callable[..., Any]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with dev(tmp_path_factory.mktemp("dev")) as (running, _process):
        yield running


@pytest.fixture
def cli(server: Running, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`agentos ARGUMENTS` in this process, which spares the imports."""
    monkeypatch.setenv("AGENTOS_URL", server.url)
    monkeypatch.setenv("USER", "robin")

    def run(*arguments: str, input: str | None = None) -> Any:
        return CliRunner().invoke(app, arguments, input=input)

    return run
