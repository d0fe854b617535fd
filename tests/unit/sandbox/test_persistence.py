"""What the sandbox holds outlives it: a restart on the same file changes nothing."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox import seed
from sandbox.store import Store, horizon
from tests.sandbox_server import SandboxServer, sandbox_server
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import ORG, TLS, made

SERVE = """
import sys
from sandbox.serve import run
port, path = int(sys.argv[1]), sys.argv[2]
ready = lambda url: print(url, flush=True)
run("127.0.0.1", port, path, ready, stop_when_stdin_closes=True)
"""


def fill(server: SandboxServer) -> None:
    """One object in each system, by real calls."""
    start = {"competitionId": seed.GRANTS_COMPETITION_ID, "title": "Acme"}
    with clients.slack(server) as slack, clients.github(server) as github:
        made(slack.post("conversations.create", json={"name": "acme"}))
        made(github.post(f"{ORG}/teams", json={"name": "acme"}))
    with clients.brevo(server) as brevo, clients.grants(server) as grants:
        made(brevo.post("/contacts/lists", json={"name": "Acme", "folderId": 1}))
        made(grants.post("/applications/start", json=start))


def test_objects_journal_and_faults_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with sandbox_server(path) as first:
        fill(first)
        first.fault(system="slack", kind="status", times=3)
        state, journal = first.state(), first.requests()
    assert len(journal) == 4
    with sandbox_server(path) as second:
        assert second.state() == state
        assert second.requests() == journal
        with clients.slack(second) as slack:
            assert slack.post("auth.test").status_code == 503


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    for _ in range(2):
        with sandbox_server(path) as server:
            fill_list(server)
    assert [one["id"] for one in Store(path).all("brevo", "list")] == [1, 2]


def fill_list(server: SandboxServer) -> None:
    with clients.brevo(server) as brevo:
        made(brevo.post("/contacts/lists", json={"name": "Acme", "folderId": 1}))


def test_a_number_is_never_given_out_twice() -> None:
    store = Store(":memory:")
    store.put("brevo", "list", store.next_id("brevo", "list"), {"name": "first"})
    assert store.delete("brevo", "list", 1)
    assert not store.delete("brevo", "list", 1)
    assert store.next_id("brevo", "list") == 2
    assert store.next_id("brevo", "folder") == 1


def test_a_replaced_document_keeps_its_place() -> None:
    store = Store(":memory:")
    for key in ("a", "b"):
        store.put("slack", "user", key, {"id": key})
    store.put("slack", "user", "a", {"id": "a", "new": True})
    assert store.all("slack", "user") == [{"id": "a", "new": True}, {"id": "b"}]


def test_what_is_younger_than_the_horizon_is_not_seen() -> None:
    store = Store(":memory:")
    store.put("slack", "user", "old", {"id": "old"})
    token = horizon.set(store.newest())
    store.put("slack", "user", "young", {"id": "young"})
    assert store.get("slack", "user", "young") is None
    assert store.all("slack", "user") == [{"id": "old"}]
    horizon.reset(token)
    assert store.get("slack", "user", "young") == {"id": "young"}


def serve(path: Path, port: int = 0) -> tuple["subprocess.Popen[str]", str]:
    """The sandbox as a process of its own, which ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.e2e
def test_it_ends_with_its_parent_and_comes_back_on_its_old_port(tmp_path: Path) -> None:
    urls = []
    for _ in range(2):
        process, url = serve(tmp_path / "sandbox.db")
        urls.append(url)
        health = httpx.get(f"{url}/_sandbox/health", trust_env=False, verify=TLS)
        assert health.json() == {"status": "ok"}
        process.communicate(timeout=30)
        assert process.returncode == 0
    assert urls[0] == urls[1]


@pytest.mark.e2e
def test_it_takes_another_port_when_its_old_one_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        Store(tmp_path / "sandbox.db").put("_sandbox", "setting", "port", {"port": port})
        process, url = serve(tmp_path / "sandbox.db")
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert url.startswith("http://127.0.0.1:")
    assert url != f"http://127.0.0.1:{port}"
