"""Which application takes unsigned approvals: the address that it is bound to decides."""

import importlib
import re
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from agentos.settings import load
from agentos.wiring import application, systems
from domain.errors import BadSetting

SECRET = "whsec_" + "QUJD" * 12


async def unsigned_status(app: FastAPI) -> int:
    """401 is refused for want of a signature; anything later has been let in."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        return (await http.post("/webhooks/approval", json={})).status_code


@pytest.mark.parametrize(
    ("host", "auth", "secrets", "status"),
    [
        ("127.0.0.1", "off", "", 422),
        ("127.0.0.1", "keys", "", 401),
        ("127.0.0.1", "off", SECRET, 401),
        ("0.0.0.0", "keys", "", 401),
        ("192.0.2.7", "keys", SECRET, 401),
    ],
)
async def test_unsigned_approvals_are_let_in_only_where_nobody_logs_in_and_without_a_secret(
    tmp_path: Path, host: str, auth: str, secrets: str, status: int
) -> None:
    variables = {
        "SQLITE_DB_PATH": str(tmp_path / "agentos.db"),
        "SANDBOX_URL": "http://127.0.0.1:9",
        "AGENTOS_HOST": host,
        "AGENTOS_AUTH": auth,
        "APPROVAL_WEBHOOK_SECRETS": secrets,
    }
    assert await unsigned_status(application(load(variables))) == status


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", ""])
def test_a_server_that_others_reach_is_refused_when_nobody_has_to_log_in(host: str) -> None:
    with pytest.raises(BadSetting, match="AGENTOS_AUTH is off"):
        application(load({"SANDBOX_URL": "http://127.0.0.1:9"}, agentos_host=host))


async def test_another_server_may_bind_any_address_so_callers_must_be_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SANDBOX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AGENTOS_HOST", "127.0.0.1")
    monkeypatch.delitem(sys.modules, "agentos.asgi", raising=False)
    with pytest.raises(BadSetting, match="AGENTOS_AUTH is off"):
        importlib.import_module("agentos.asgi")
    monkeypatch.setenv("AGENTOS_AUTH", "keys")
    assert await unsigned_status(importlib.import_module("agentos.asgi").app) == 401


@pytest.mark.parametrize(
    ("variables", "host", "status"),
    [
        ({}, "127.0.0.1:7777", 401),
        ({}, "localhost", 401),
        ({}, "evil.example", 400),
        ({"AGENTOS_URL": "http://agentos.example"}, "agentos.example", 401),
        ({"AGENTOS_TRUSTED_HOSTS": "one.example two.example"}, "two.example", 401),
        ({"AGENTOS_TRUSTED_HOSTS": "one.example two.example"}, "127.0.0.1", 400),
        ({"AGENTOS_HOST": "0.0.0.0"}, "evil.example", 401),
        ({"AGENTOS_AUTH": "off", "AGENTOS_URL": "http://agentos.example"}, "agentos.example", 400),
    ],
)
async def test_a_server_answers_to_its_own_names(
    tmp_path: Path, variables: dict[str, str], host: str, status: int
) -> None:
    known = {
        "SQLITE_DB_PATH": str(tmp_path / "agentos.db"),
        "SANDBOX_URL": "http://127.0.0.1:9",
        "AGENTOS_AUTH": "keys",
    }
    transport = httpx.ASGITransport(app=application(load(known | variables)))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        assert (await http.get("/api/v1/runs")).status_code == status


@pytest.mark.parametrize(
    ("auth", "words"),
    [("keys", {"/auth/login": "API key", "/auth/signed-out": "logged out"}), ("off", {})],
)
async def test_the_console_has_a_door_where_keys_are_asked_for(
    tmp_path: Path, auth: str, words: dict[str, str]
) -> None:
    variables = {
        "SQLITE_DB_PATH": str(tmp_path / "agentos.db"),
        "SANDBOX_URL": "http://127.0.0.1:9",
        "AGENTOS_AUTH": auth,
    }
    transport = httpx.ASGITransport(app=application(load(variables)))
    page = {"accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for address in ("/auth/login", "/auth/signed-out"):
            answer = await http.get(address, headers=page)
            assert (answer.status_code == 200, words.get(address, "Not found") in answer.text) == (
                bool(words),
                True,
            )
        sheet = re.search(r"/assets/\w+/console.css", answer.text)
        assert sheet and (await http.get(sheet[0])).status_code == 200


def test_the_stand_ins_must_be_told_where_they_are() -> None:
    with pytest.raises(BadSetting, match="SANDBOX_URL is not set"):
        systems(load({}))


def test_in_sandbox_mode_nothing_real_can_be_reached() -> None:
    """Addresses and credentials of real systems in the environment change nothing."""
    stand_ins = {"SANDBOX_URL": "http://127.0.0.1:9"}
    real = {"SLACK_BASE_URL": "not an address", "GITHUB_TOKEN": "", "NEWSLETTER_PROVIDER": "none"}
    assert list(systems(load(stand_ins | real))) == list(systems(load(stand_ins)))
    with pytest.raises(BadSetting):
        systems(load(real | {"SANDBOX": "0"}))
