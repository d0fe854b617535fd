"""The approval policy over HTTP: what is shown of a question, and who is refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.policies import Policy
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import RUNS

TWO = {
    "rule": "two",
    "approvals": 2,
    "approvers": {"people": ["ann", "ben"], "groups": ["managers"]},
    "deadline_seconds": 3600,
}


@pytest.fixture
async def strict(folder: Path) -> AsyncIterator[Door]:
    """Two must approve, neither of whom has launched the run."""
    policy = Policy.model_validate({"approval": [TWO], "four_eyes": True})
    async with opened(folder, policy=policy) as door:
        yield door


def _yes(name: str) -> dict[str, object]:
    return {"approved": True, "responder": name}


async def test_question_says_what_it_asks(strict: Door) -> None:
    run = await strict.parked()
    terms = run["open_request"]["terms"]
    assert (terms["rule"], terms["approvals"], terms["four_eyes"]) == ("two", 2, True)
    assert terms["approvers"] == {"people": ["ann", "ben"], "groups": ["managers"]}
    assert run["waiting"]["approvals"] == []
    assert run["expires_at"] > run["waiting"]["since"]


async def test_strangers_are_refused_at_every_door(strict: Door) -> None:
    run = await strict.parked()
    by_webhook = {"run_id": run["run_id"], **_yes("eve")}
    answers = [
        await strict.move(run["run_id"], "resume", _yes("eve")),
        await strict.move(run["run_id"], "resume", {"decision": "deny", "responder": "eve"}),
        await strict.move(run["run_id"], "resume"),
        await strict.http.post("/webhooks/approval", json=by_webhook),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 409, 403]
    assert "ann, ben, group managers" in answers[0].json()["advice"]
    assert await strict.read(run["run_id"]) == run


async def test_run_goes_on_with_the_second_approval_by_whichever_door(strict: Door) -> None:
    run = await strict.parked()
    first = await strict.move(run["run_id"], "resume", _yes("ann"))
    assert (first.status_code, first.json()["status"]) == (202, "awaiting_approval")
    assert [one["responder"] for one in first.json()["waiting"]["approvals"]] == ["ann"]
    again = await strict.move(run["run_id"], "resume", _yes("ann"))
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    body = {"run_id": run["run_id"], **_yes("ben")}
    assert (await strict.http.post("/webhooks/approval", json=body)).status_code == 200
    run = await strict.wait(run["run_id"])
    assert (run["status"], run["decisions"][0]["others"]) == ("completed", ["ann"])
    assert run["waiting"] is None


async def test_two_are_enough_when_ten_come_at_once(strict: Door) -> None:
    run = await strict.parked()
    names = ["ann", "ben"] * 5
    answers = await asyncio.gather(
        *(strict.move(run["run_id"], "resume", _yes(name)) for name in names)
    )
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    run = await strict.wait(run["run_id"])
    decision = run["decisions"][0]
    assert len(run["decisions"]) == 1
    assert {decision["responder"], *decision["others"]} == {"ann", "ben"}
    assert [len(world.objects) for world in strict.worlds.values()] == [2, 2, 2]


async def test_run_that_nobody_decides_on_expires_and_says_so(door: Door) -> None:
    run = await door.parked(deadline_seconds=1)
    run = await door.until(run["run_id"], "expired")
    assert run["failure"] == {"code": "expired", "message": "Nobody decided in time."}
    late = await door.move(run["run_id"], "resume", _yes("ann"))
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert late.json()["winner"]["door"] == "deadline"
    listed = (await door.http.get(RUNS, params={"status": "expired"})).json()["items"]
    assert [one["run_id"] for one in listed] == [run["run_id"]]
