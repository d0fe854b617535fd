"""`agentos serve`: who may approve unsigned, and that it is ready only with all it needs."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from agentos.cli.main import app
from tests.e2e.running import AGENTOS, RUNS
from tests.sandbox_server import SandboxServer, sandbox_server

pytestmark = pytest.mark.e2e

NOBODY = "NOBODY HAS TO LOG IN: whoever uses this machine may do all. See AGENTOS_AUTH."
ACCEPTED = "Approval webhooks are accepted unsigned, from this machine only."


@contextmanager
def serving(sandbox: SandboxServer, *options: str) -> Iterator[tuple[httpx.Client, list[str]]]:
    """A caller of the server, and what the server had said once it has ended."""
    said: list[str] = []
    command = ["env", f"SANDBOX_URL={sandbox.url}", *AGENTOS, "serve", "--port", "0", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, *options], stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout and process.stderr
        try:
            port = json.loads(process.stdout.readline())["url"].rpartition(":")[2]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                yield http, said
        finally:
            process.terminate()
        said += process.stderr.read().splitlines()
    assert process.returncode == 0


def unsigned_approval(http: httpx.Client) -> httpx.Response:
    """The answer to an approval of a new run that nobody has signed."""
    run_id = http.post(RUNS, json={"company_name": "Acme Corp"}).json()["run_id"]
    waited = http.get(f"{RUNS}/{run_id}/wait", params={"timeout": 30}, timeout=40)
    assert waited.json()["status"] == "awaiting_approval"
    body = {"run_id": run_id, "approved": True, "responder": "dana"}
    return http.post("/webhooks/approval", json=body)


def test_a_server_does_not_start_where_others_can_reach_it_and_nobody_has_to_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"SANDBOX_URL": "http://127.0.0.1:9", "AGENTOS_HOST": "0.0.0.0"}
    refused = CliRunner().invoke(app, ["serve", "--port", "0"], env=env)
    assert refused.exit_code == 2
    assert refused.stderr.splitlines() == [
        "Other machines may reach this server, but AGENTOS_AUTH is off: anybody could approve."
        " Set AGENTOS_AUTH=keys and see `agentos keys create`, or bind to 127.0.0.1. (bad_setting)"
    ]


def test_an_unsigned_approval_is_accepted_on_this_machine_alone_and_the_start_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with sandbox_server() as sandbox, serving(sandbox) as (http, said):
        assert unsigned_approval(http).status_code == 200
    assert said == [ACCEPTED, NOBODY]


def test_a_server_without_its_sandbox_is_not_ready_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with sandbox_server() as sandbox:
        lost = SandboxServer(sandbox.url)
    with serving(lost) as (http, _said):
        answer = http.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": "ok",
            "worker": "ok",
            "sandbox": "The sandbox does not answer.",
        }
        doctor = CliRunner().invoke(app, ["doctor"], env={"AGENTOS_URL": str(http.base_url)})
        assert doctor.exit_code == 1
        assert "sandbox: The sandbox does not answer." in doctor.stdout
