"""Which application takes unsigned approvals: the address that it is bound to decides."""

import importlib
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
    async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
        return (await http.post("/webhooks/approval", json={})).status_code


@pytest.mark.parametrize(
    ("host", "secrets", "status"),
    [
        ("127.0.0.1", "", 422),
        ("0.0.0.0", "", 401),
        ("192.0.2.7", "", 401),
        ("127.0.0.1", SECRET, 401),
        ("0.0.0.0", SECRET, 401),
    ],
)
async def test_unsigned_approvals_are_let_in_only_on_loopback_and_without_a_secret(
    tmp_path: Path, host: str, secrets: str, status: int
) -> None:
    variables = {
        "SQLITE_DB_PATH": str(tmp_path / "agentos.db"),
        "SANDBOX_URL": "http://127.0.0.1:9",
        "AGENTOS_HOST": host,
        "APPROVAL_WEBHOOK_SECRETS": secrets,
    }
    assert await unsigned_status(application(load(variables))) == status


async def test_another_server_may_bind_any_address_so_it_takes_no_unsigned_approvals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SANDBOX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AGENTOS_HOST", "127.0.0.1")
    monkeypatch.delitem(sys.modules, "agentos.asgi", raising=False)
    assert await unsigned_status(importlib.import_module("agentos.asgi").app) == 401


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
