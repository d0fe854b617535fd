"""Approving in Slack: the question is posted once, its buttons decide, and it says who did."""

import asyncio
import hashlib
import hmac
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.seed import SLACK_OPS_USER_IDS
from server.api.slack import PATH
from server.worker.courier import Courier
from systems.slack.approvals import Approvals
from tests.integration.onboarding.conftest import Office, opened
from tests.sandbox_server import SandboxServer

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
DANA, ILYA = SLACK_OPS_USER_IDS
VARIABLES = {
    "SLACK_APPROVALS_CHANNEL": "C0GENERAL0",
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_APPROVERS": f"{ILYA}=ilya",
}
HOSTILE = "<!channel> <https://evil.test|Acme> *& Co* @here"


@pytest.fixture
async def office(tmp_path: Path, sandbox: SandboxServer) -> AsyncIterator[Office]:
    async with opened(tmp_path, sandbox, VARIABLES) as office:
        yield office


def _asked(office: Office) -> list[dict[str, Any]]:
    """The messages in the channel for approvals."""
    messages = office.sandbox.state()["slack"].get("message", [])
    return [each for each in messages if each["channel"] == "C0GENERAL0"]


async def _message(office: Office, *, buttons: bool) -> dict[str, Any]:
    """The one message, once it has buttons or none."""
    async with asyncio.timeout(30):
        while True:
            found = await asyncio.to_thread(_asked, office)
            kinds = [[block["type"] for block in each["blocks"]] for each in found]
            if kinds and ("actions" in kinds[0]) is buttons:
                (message,) = found
                return message
            await asyncio.sleep(0.05)


async def _press(office: Office, word: str, user: str = ILYA, secret: str = SECRET) -> Any:
    """Somebody presses; what Slack was answered, and what it sent."""
    message = await _message(office, buttons=True)
    asked = {
        "message": message["id"],
        "action_id": f"agentos_{word}",
        "user": user,
        "url": f"{office.http.base_url.copy_with(path=PATH)}",
        "secret": secret,
    }
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        answer = await http.post(f"{office.sandbox.url}/_sandbox/slack/press", json=asked)
    return answer.raise_for_status().json()


def _places(store: Path) -> list[Any]:
    """Where questions stand, as far as the service knows."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return database.execute("SELECT place FROM asks").fetchall()


def _shown(message: dict[str, Any]) -> str:
    texts = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    assert {text["type"] for text in texts} == {"plain_text"}
    return "\n".join(text["text"] for text in texts)


async def test_plan_is_approved_by_a_button(office: Office) -> None:
    run = await office.parked(HOSTILE)
    message = await _message(office, buttons=True)
    assert HOSTILE in _shown(message)  # plain text, in which Slack finds no link and no mention
    assert "<" not in message["text"]
    assert (await _press(office, "approve"))["status"] == 200
    run = await office.wait(run["run_id"])
    assert run["status"] == "completed"
    (decision,) = run["decisions"]
    assert (decision["responder"], decision["door"]) == ("ilya", "slack")
    message = await _message(office, buttons=False)
    assert "Decided: approve, by ilya through slack." in _shown(message)


async def test_message_says_who_decided_elsewhere(office: Office) -> None:
    run = await office.parked()
    pressed = await _message(office, buttons=True)
    await office.move(run["run_id"], "resume", {"approved": False, "responder": "erin"})
    message = await _message(office, buttons=False)
    assert "Decided: deny, by" in _shown(message)
    assert message["ts"] == pressed["ts"]


async def test_question_is_closed_when_its_run_is_cancelled(office: Office) -> None:
    run = await office.parked()
    await _message(office, buttons=True)
    await office.move(run["run_id"], "cancel")
    assert "No longer open" in _shown(await _message(office, buttons=False))


async def test_nothing_is_decided_by_who_may_not(office: Office) -> None:
    run = await office.parked()
    assert (await _press(office, "approve", DANA))["status"] == 200
    assert (await _press(office, "approve", secret="another"))["status"] == 401
    assert (await office.read(run["run_id"]))["status"] == "awaiting_approval"
    async with asyncio.timeout(20):
        while not office.sandbox.state()["slack"].get("ephemeral"):
            await asyncio.sleep(0.05)
    (told,) = office.sandbox.state()["slack"]["ephemeral"]
    assert told["user"] == DANA
    assert "may not decide" in told["text"]


async def test_request_is_refused_when_it_is_not_just_now_from_slack(office: Office) -> None:
    run = await office.parked()
    sent = await _press(office, "approve", DANA)  # genuine, and of no effect
    body, headers = sent["body"].encode(), sent["headers"]
    old = str(int(time.time()) - 400)
    mac = hmac.new(SECRET.encode(), f"v0:{old}:".encode() + body, hashlib.sha256).hexdigest()
    stale = {"x-slack-request-timestamp": old, "x-slack-signature": f"v0={mac}"}
    wrong: list[dict[str, Any]] = [
        stale,
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0="},
        {"x-slack-signature": b"v0=\xff\xfe"},
        {"x-slack-signature": "v1=" + headers["x-slack-signature"][3:]},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": b"\xff"},
    ]
    for change in wrong:
        answer = await office.http.post(PATH, content=body, headers=headers | change)
        assert answer.status_code == 401, change
    tampered = await office.http.post(PATH, content=body.replace(b"U0", b"U1"), headers=headers)
    assert tampered.status_code == 401
    for garbage in (b"", b"payload=", b"payload=%7B", b"\xff", b"payload=[]&payload=[]"):
        at = str(int(time.time()))
        mac = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + garbage, hashlib.sha256).hexdigest()
        signed = {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={mac}"}
        assert (await office.http.post(PATH, content=garbage, headers=signed)).status_code == 400
    assert (await office.read(run["run_id"]))["status"] == "awaiting_approval"


@pytest.mark.parametrize("looks", [True, False])
async def test_question_is_asked_once_when_the_answer_is_lost(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, looks: bool
) -> None:
    """The negative control does not look for what an earlier try has done."""

    async def find(*_: object) -> None:
        return

    if not looks:
        monkeypatch.setattr(Approvals, "find", find)
    monkeypatch.setitem(Courier.__init__.__kwdefaults__ or {}, "pauses", (0.0,) * 8)
    async with opened(tmp_path, sandbox, VARIABLES) as office:
        office.sandbox.fault(
            system="slack", path_regex=r"/chat\.postMessage$", kind="lost_after_effect", times=1
        )
        await office.parked()
        async with asyncio.timeout(30):
            while not _places(office.store):
                await asyncio.sleep(0.05)
        assert len(_asked(office)) == (1 if looks else 2)
