"""The approval webhook, signed and unsigned."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.errors import BadSetting
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from server.lifecycle import launches, reads
from server.lifecycle.service import Actor
from tests.integration.api.conftest import Door, opened

ADDRESSES = ("/webhooks/approval", "/api/v1/webhooks/approval")
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OLD_SECRET = "whsec_" + base64.b64encode(KEY[::-1]).decode()


def approval(run: dict[str, Any], approved: bool = True, responder: str = "dana") -> dict[str, Any]:
    return {"run_id": run["run_id"], "approved": approved, "responder": responder}


async def post(door: Door, body: Any, address: str = ADDRESSES[0]) -> httpx.Response:
    return await door.http.post(address, json=body)


def signed(
    content: bytes,
    key: bytes = KEY,
    kind: str = "application/json",
    name: str = "msg_1",
    ago: int = 0,
) -> dict[str, str]:
    """The headers of a sender."""
    at = str(int(time.time()) - ago)
    mac = hmac.new(key, f"{name}.{at}.".encode() + content, hashlib.sha256).digest()
    return {
        "content-type": kind,
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


async def post_signed(door: Door, content: bytes, *how: Any, **more: Any) -> httpx.Response:
    headers = signed(content, *how, **more)
    return await door.http.post(ADDRESSES[0], content=content, headers=headers)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_plan_is_approved_when_the_webhook_says_so(door: Door, address: str) -> None:
    run = await door.parked()
    answer = await post(door, approval(run), address)
    assert answer.status_code == 200
    run = await door.wait(run["run_id"])
    assert run["status"] == "completed"
    assert run["decisions"][0]["door"] == "webhook"
    assert run["decisions"][0]["responder"] == "dana"


async def test_plan_is_denied_when_the_webhook_says_so(door: Door) -> None:
    run = await door.parked()
    assert (await post(door, approval(run, approved=False))).json()["status"] == "denied"
    assert [world.calls for world in door.worlds.values()] == [0, 0, 0]


async def test_repeat_is_welcome_when_the_sender_did_not_hear_the_answer(door: Door) -> None:
    run = await door.parked()
    await post(door, approval(run))
    await door.wait(run["run_id"])
    again = await post(door, approval(run))
    assert again.status_code == 200
    assert again.headers["idempotent-replayed"] == "true"
    assert len(again.json()["decisions"]) == 1


@pytest.mark.parametrize(("approved", "responder"), [(False, "dana"), (True, "ben")])
async def test_late_webhook_is_told_who_won(door: Door, approved: bool, responder: str) -> None:
    run = await door.parked()
    await post(door, approval(run))
    answer = await post(door, approval(run, approved, responder))
    assert answer.status_code == 409
    assert answer.json()["winner"]["responder"] == "dana"


async def test_nothing_is_decided_when_the_body_is_not_exact(door: Door) -> None:
    run = await door.parked()
    changes: list[dict[str, Any]] = [
        {"approved": "true"},
        {"approved": 1},
        {"approved": None},
        {"responder": ""},
        {"responder": 5},
        {"responder": "a\x00b"},
        {"extra": True},
        {"run_id": None},
    ]
    for change in changes:
        answer = await post(door, approval(run) | change)
        assert answer.status_code == 422, change
    assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"


async def test_nothing_is_found_when_the_run_is_unknown(door: Door) -> None:
    for run_id in ("run_" + "0" * 22, "nope", "", "\x00"):
        assert (await post(door, approval({"run_id": run_id}))).status_code == 404


async def test_webhook_is_refused_when_unsigned_ones_are_not_allowed(folder: Path) -> None:
    async with opened(folder, unsigned_webhook_allowed=False) as door:
        run = await door.parked()
        answer = await post(door, approval(run))
        assert answer.status_code == 401
        assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"


@pytest.mark.parametrize("address", ADDRESSES)
async def test_webhook_is_refused_when_it_is_unsigned_and_there_is_a_secret(
    folder: Path, address: str
) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        run = await door.parked()
        answer = await post(door, approval(run), address)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"]
        assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"


async def test_webhook_decides_when_any_active_secret_signed_it(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET, OLD_SECRET]) as door:
        for key in (KEY, KEY[::-1]):
            run = await door.parked()
            content = json.dumps(approval(run)).encode()
            answer = await post_signed(door, content, key, name=run["run_id"])
            assert answer.status_code == 200, answer.text


async def test_sender_is_asked_for_first_when_all_else_is_wrong_too(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        for content in (b"", b"{", b"{}", b"\xff", b'{"run_id": "nope"}'):
            answer = await door.http.post(ADDRESSES[0], content=content)
            assert answer.status_code == 401


async def test_signed_webhook_is_refused_when_its_body_is_wrong(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        assert (await post_signed(door, b"{")).status_code == 400
        assert (await post_signed(door, b"{}")).status_code == 422
        assert (await post_signed(door, b"{}", kind="text/plain")).status_code == 415


async def test_body_is_too_large_before_its_signature_is_looked_at(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        assert (await post_signed(door, b" " * 70_000)).status_code == 413


async def test_start_is_refused_when_a_secret_is_none(folder: Path) -> None:
    with pytest.raises(BadSetting):
        async with opened(folder, webhook_secrets=["hunter2"]):
            pass


async def test_decision_is_stored_when_the_webhook_is_answered(door: Door) -> None:
    run = await door.parked()
    await post(door, approval(run))
    stored = await reads.get_run(door.home.service, run["run_id"], tenant=DEFAULT_TENANT)
    assert [decision.responder for decision in stored.decisions] == ["dana"]


async def test_a_tenants_secret_decides_for_that_tenant_alone(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[f"north:{SECRET}"]) as door:
        north = Actor("olga", "api", "north", scopes=ALL_SCOPES)
        request = LaunchRequest(company_name="Acme Corp")
        theirs = (await launches.launch(door.home.service, request, north)).run
        await reads.wait_until_parked(
            door.home.service, theirs.run_id, tenant="north", timeout_seconds=30
        )
        for run, status in ((await door.parked("Globex"), 404), ({"run_id": theirs.run_id}, 200)):
            content = json.dumps(approval(run, approved=False)).encode()
            headers = signed(content, name=f"msg_{status}")
            answer = await door.http.post(ADDRESSES[0], content=content, headers=headers)
            assert answer.status_code == status
        await reads.wait_until_parked(
            door.home.service, theirs.run_id, tenant="north", timeout_seconds=30
        )
