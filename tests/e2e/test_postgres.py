"""Servers and workers as processes of their own on one Postgres."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from typer.testing import CliRunner, Result

from agentos.cli.main import app
from tests.e2e.running import AGENTOS, RUNS, Json
from tests.postgres import as_url
from tests.sandbox_server import SandboxServer, sandbox_server

pytestmark = pytest.mark.e2e


@pytest.fixture
def sandbox(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """The systems, and an environment in which commands find them and a Postgres."""
    with sandbox_server() as server:
        monkeypatch.setenv("DATABASE_URL", as_url(postgres))
        monkeypatch.setenv("SANDBOX_URL", server.url)
        monkeypatch.setenv("AGENTOS_PORT", "0")
        yield server


@contextmanager
def started(*arguments: str) -> Iterator[tuple[Json, "subprocess.Popen[str]"]]:
    """A command that says in JSON that it is ready, and what it said."""
    process = subprocess.Popen(
        [*AGENTOS, *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline()), process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def _call(url: str, method: str, path: str, body: Json | None = None) -> Json:
    answer = httpx.request(method, f"{url}{path}", json=body, timeout=40, trust_env=False)
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


def _command(*arguments: str) -> Result:
    """In this process, which spares the imports."""
    return CliRunner().invoke(app, [*arguments, "--json"])


def test_tables_are_made_and_checked(sandbox: SandboxServer) -> None:
    before = _command("db", "check")
    made = _command("db", "upgrade")
    after = _command("db", "check")
    assert [one.exit_code for one in (before, made, after)] == [1, 0, 0]
    assert json.loads(before.stdout)["present"] is None
    found = json.loads(after.stdout)
    assert found["present"] == found["wanted"]
    checks = json.loads(_command("doctor").stdout)["checks"]
    assert {one["name"] for one in checks} >= {"tables", "connections", "clock", "workers", "runs"}


def test_a_server_serves_and_a_worker_executes(sandbox: SandboxServer) -> None:
    with started("serve", "--no-worker") as (server, _):
        url = server["url"]
        run = _call(url, "POST", RUNS, {"company_name": "Acme Corp"})
        assert httpx.get(f"{url}/health/ready", trust_env=False).status_code == 503
        with started("worker") as (told, worker):
            assert told["worker"]
            run = _call(url, "GET", f"{RUNS}/{run['run_id']}/wait?timeout=30")
            assert run["status"] == "awaiting_approval"
            _call(url, "POST", f"{RUNS}/{run['run_id']}/resume", {"approved": True})
            run = _call(url, "GET", f"{RUNS}/{run['run_id']}/wait?timeout=30")
            assert run["status"] == "completed"
            assert _call(url, "GET", "/health/ready")["checks"]["worker"] == "ok"
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(10) == 0
    assert sandbox.counts()["grants"]["application"] == 1


@pytest.mark.parametrize("command", [("worker",), ("serve", "--no-worker")])
def test_sharing_the_work_without_postgres_is_refused(command: tuple[str, ...]) -> None:
    refused = _command(*command)
    assert refused.exit_code == 2
    assert "DATABASE_URL" in refused.stdout
