"""Liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from server.api.app import create_app
from server.api.gate import Access
from server.lifecycle import health
from tests.integration.api.conftest import Door

Probe = Callable[[], Awaitable[str]]


async def well() -> str:
    return "ok"


async def unwell() -> str:
    return "The disk is full."


async def failing() -> str:
    raise OSError("password=hunter2")


async def hanging() -> str:
    await asyncio.Event().wait()
    return "never"


async def asked(door: Door, probes: dict[str, Probe], address: str) -> httpx.Response:
    app = create_app(
        replace(door.home.service, probes=probes),
        access=Access(),
        webhook_secrets=(),
        unsigned_webhook_allowed=True,
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
        return await http.get(address)


async def test_service_is_ready_when_every_part_is_well(door: Door) -> None:
    answer = await asked(door, {"database": well, "worker": well}, "/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "worker": "ok"}}


@pytest.mark.parametrize(
    ("probe", "told"),
    [
        (unwell, "The disk is full."),
        (failing, "The worker does not answer."),
        (hanging, "The worker does not answer."),
    ],
)
async def test_service_is_alive_but_not_ready_when_a_part_is_unwell(
    door: Door, monkeypatch: pytest.MonkeyPatch, probe: Probe, told: str
) -> None:
    monkeypatch.setattr(health, "_PROBE_SECONDS", 0.05)
    probes: dict[str, Probe] = {"database": well, "worker": probe}
    answer = await asked(door, probes, "/health/ready")
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"]
    assert problem["checks"] == {"database": "ok", "worker": told}
    assert "hunter2" not in answer.text
    assert (await asked(door, probes, "/health/live")).status_code == 200
