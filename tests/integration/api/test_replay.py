"""One signed message is acted on once; only its sender can send it again."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from server.lifecycle import decisions
from tests.integration.api.conftest import Door, opened
from tests.integration.api.test_webhook import ADDRESSES, KEY, SECRET, approval, post_signed, signed
from tests.integration.caller import RUNS

GARBAGE = (
    b"",
    b"v1",
    b"v1,",
    b"v1,!!!",
    b"v1,%s" % (b"A" * 44),
    b"v1,\xff\xfe",
    "v1,ключ".encode(),
    b"v2,AAAA v3,BBBB",
    b"whsec_AAAA",
    b"v1," * 2_000,
)


def body(run: dict[str, Any], approved: bool = True) -> bytes:
    return json.dumps(approval(run, approved)).encode()


async def test_message_is_refused_when_it_is_replayed(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        run = await door.parked()
        content = body(run)
        headers = signed(content)
        first = await door.http.post(ADDRESSES[0], content=content, headers=headers)
        assert first.status_code == 200
        ended = await door.wait(run["run_id"])
        for address in ADDRESSES:
            again = await door.http.post(address, content=content, headers=headers)
            assert again.status_code == 401
            assert again.json()["code"] == "unauthenticated"
        assert await door.read(run["run_id"]) == ended


async def test_replay_is_accepted_when_nothing_is_remembered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    async def forgetful(*_: object) -> None:
        return

    monkeypatch.setattr(decisions, "once", forgetful)
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        content = body(await door.parked())
        headers = signed(content)
        for _ in range(2):
            answer = await door.http.post(ADDRESSES[0], content=content, headers=headers)
            assert answer.status_code == 200


async def test_of_equal_messages_at_one_time_one_is_acted_on(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        content = body(await door.parked())
        headers = signed(content)
        said = await asyncio.gather(
            *(door.http.post(ADDRESSES[0], content=content, headers=headers) for _ in range(10))
        )
        assert sorted(answer.status_code for answer in said) == [200] + [401] * 9


async def test_sender_may_repeat_what_was_not_answered(folder: Path) -> None:
    """Under the same id, signed later; but not under the id of another message."""
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        run = await door.parked()
        assert (await post_signed(door, body(run), ago=60)).status_code == 200
        again = await post_signed(door, body(run), ago=30)
        assert again.status_code == 200
        assert again.headers["idempotent-replayed"] == "true"
        assert (await post_signed(door, body(run), ago=40)).status_code == 401
        other = await door.parked("Globex")
        assert (await post_signed(door, body(other))).status_code == 401
        assert (await door.read(other["run_id"]))["status"] == "awaiting_approval"


async def test_nothing_is_remembered_when_nothing_was_decided(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        run = await door.launch()
        content = body({"run_id": "run_" + "0" * 22})
        assert (await post_signed(door, content, name="early")).status_code == 404
        run = await door.wait(run["run_id"])
        assert (await post_signed(door, body(run), name="early")).status_code == 200


async def test_signature_is_refused_when_it_is_anything_else(folder: Path) -> None:
    async with opened(folder, webhook_secrets=[SECRET]) as door:
        run = await door.parked()
        content = body(run)
        right = {name.encode(): value.encode() for name, value in signed(content).items()}
        wrong = [right | {b"webhook-signature": value} for value in GARBAGE]
        wrong += [right | {b"webhook-timestamp": value} for value in (b"", b"\xff", b"9" * 400)]
        wrong += [right | {b"webhook-id": value} for value in (b"", b"\xff", b"x" * 256, b"a b")]
        wrong += [{k: v for k, v in right.items() if k != name} for name in right if b"web" in name]
        for ago in (400, -400):
            stale = signed(content, KEY, ago=ago)
            wrong.append({name.encode(): value.encode() for name, value in stale.items()})
        for headers in wrong:
            answer = await door.http.post(ADDRESSES[0], content=content, headers=headers)
            assert answer.status_code == 401, headers
        for tampered in (body(run, approved=False), content + b" "):
            answer = await door.http.post(ADDRESSES[0], content=tampered, headers=right)
            assert answer.status_code == 401
        assert (await door.http.get(f"{RUNS}/{run['run_id']}")).json() == run


async def test_message_that_lost_changes_nothing_however_often_it_comes(door: Door) -> None:
    run = await door.parked()
    await door.move(run["run_id"], "resume", {"approved": False, "responder": "erin"})
    before = await door.read(run["run_id"])
    for _ in range(2):
        answer = await door.http.post(ADDRESSES[0], json=approval(run))
        assert answer.status_code == 409
    assert await door.read(run["run_id"]) == before
