"""Pausing, deciding, cancelling, retrying and skipping over HTTP."""

import asyncio
from typing import Any

import pytest

from domain.status import RunStatus
from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS

YES = {"approved": True, "responder": "dana"}


async def test_run_goes_on_when_it_is_paused_and_resumed(door: Door) -> None:
    run = await door.parked()
    paused = await door.move(run["run_id"], "pause", {"responder": "dana"})
    assert (paused.status_code, paused.json()["status"]) == (202, "paused")
    assert paused.headers["etag"] == f'"{paused.json()["version"]}"'
    resumed = await door.move(run["run_id"], "resume")
    assert (resumed.status_code, resumed.json()["status"]) == (202, "awaiting_approval")
    events = (await door.http.get(f"{RUNS}/{run['run_id']}/events")).json()["items"]
    assert [(e["type"], e["actor"]) for e in events[-2:]] == [
        ("run_paused", "dana"),
        ("run_resumed", "operator"),
    ]


async def test_gate_stays_shut_when_a_resume_carries_no_decision(door: Door) -> None:
    run = await door.parked()
    for body in (None, {}, {"responder": "dana"}):
        assert (await door.move(run["run_id"], "resume", body)).status_code == 409, body
    assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"
    assert [world.calls for world in door.worlds.values()] == [0, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        {"approved": True, "responder": "dana"},
        {"decision": "approve"},
        {"decisions": [{"type": "approve"}]},
    ],
)
async def test_plan_is_carried_out_when_it_is_approved_in_any_dialect(
    door: Door, body: Any
) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "resume", body | {"digest": run["plan"]["digest"]})
    assert answer.status_code == 202
    assert (await door.wait(run["run_id"]))["status"] == "completed"


async def test_paused_run_is_decided_when_the_resume_carries_a_decision(door: Door) -> None:
    run = await door.parked()
    await door.move(run["run_id"], "pause")
    answer = await door.move(run["run_id"], "resume", {"approved": False, "responder": "dana"})
    assert (answer.status_code, answer.json()["status"]) == (202, "denied")


async def test_repeat_is_welcome_when_the_same_responder_decides_so_again(door: Door) -> None:
    run = await door.parked()
    first = await door.move(run["run_id"], "resume", YES)
    await door.wait(run["run_id"])
    again = await door.move(run["run_id"], "resume", YES)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.headers["idempotent-replayed"] == "true"


async def test_late_decision_is_told_who_won(door: Door) -> None:
    run = await door.parked()
    await door.move(run["run_id"], "resume", YES)
    answer = await door.move(run["run_id"], "resume", {"approved": False, "responder": "ben"})
    assert answer.status_code == 409
    told = answer.json()
    assert told["code"] == "already_decided"
    assert told["winner"]["responder"] == "dana"
    assert told["winner"]["decision"] == "approve"


async def test_one_decision_wins_when_many_arrive_together(door: Door) -> None:
    run = await door.parked()
    bodies = [{"approved": n % 2 == 0, "responder": f"person {n}"} for n in range(20)]
    answers = await asyncio.gather(*(door.move(run["run_id"], "resume", b) for b in bodies))
    won = [body for body, answer in zip(bodies, answers, strict=True) if answer.is_success]
    lost = [answer.json() for answer in answers if not answer.is_success]
    assert len(won) == 1
    assert {told["winner"]["responder"] for told in lost} == {won[0]["responder"]}
    assert {told["status"] for told in lost} == {409}


async def test_decision_is_refused_when_it_is_about_another_plan(door: Door) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "resume", YES | {"digest": "0" * 64})
    assert answer.status_code == 409
    assert answer.json()["code"] == "stale_plan"
    assert answer.json()["current_digest"] == run["plan"]["digest"]


@pytest.mark.parametrize("move", ["pause", "resume", "cancel", "steps/slack/retry"])
async def test_move_is_refused_when_the_run_has_changed_since(door: Door, move: str) -> None:
    run = await (door.escalated() if "/" in move else door.parked())
    body = YES if move == "resume" else None
    stale = await door.move(run["run_id"], move, body, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["code"] == "version_mismatch"
    current = {"If-Match": f'"{run["version"]}"'}
    assert (await door.move(run["run_id"], move, body, headers=current)).status_code == 202


async def test_move_is_malformed_when_if_match_is_no_tag(door: Door) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "pause", headers={"If-Match": "1"})
    assert answer.status_code == 400
    assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"


async def test_run_ends_when_it_is_cancelled_without_a_body(door: Door) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "cancel")
    assert answer.status_code == 202
    assert answer.json()["cancel_requested"]
    await door.home.until(run["run_id"], RunStatus.CANCELLED)


async def test_what_was_made_is_undone_when_a_cancel_asks_for_it(door: Door) -> None:
    run = await door.escalated()
    assert len(door.worlds["github"].objects) == 2
    body = {"rollback": True, "reason": "Wrong company", "responder": "dana"}
    assert (await door.move(run["run_id"], "cancel", body)).status_code == 202
    await door.home.until(run["run_id"], RunStatus.ROLLED_BACK)
    assert door.worlds["github"].objects == []


async def test_move_is_refused_when_the_run_has_ended(door: Door) -> None:
    run = await door.parked()
    await door.move(run["run_id"], "resume", {"approved": False, "responder": "dana"})
    for move in ("pause", "resume", "cancel"):
        answer = await door.move(run["run_id"], move)
        assert answer.status_code == 409, move
        assert answer.json()["code"] == "illegal_move"


async def test_move_finds_nothing_when_the_run_is_unknown(door: Door) -> None:
    for move in ("pause", "resume", "cancel", "steps/slack/retry", "steps/slack/skip"):
        body = {"reason": "Because"} if "skip" in move else {}
        for run_id in ("run_" + "0" * 22, "nope"):
            assert (await door.move(run_id, move, body)).status_code == 404


async def test_system_is_tried_again_when_its_retry_is_asked_for(door: Door) -> None:
    run = await door.escalated()
    door.worlds["slack"].broken = None
    answer = await door.move(run["run_id"], "steps/slack/retry")
    assert answer.status_code == 202
    assert (await door.wait(run["run_id"]))["status"] == "completed"


async def test_run_goes_on_without_a_system_when_it_is_skipped(door: Door) -> None:
    run = await door.escalated()
    answer = await door.move(run["run_id"], "steps/slack/skip", {"reason": "They use another."})
    assert answer.status_code == 202
    run = await door.wait(run["run_id"])
    assert run["status"] == "completed"
    assert run["steps"][0]["status"] == "skipped"


async def test_skip_is_refused_when_no_reason_is_given(door: Door) -> None:
    run = await door.escalated()
    for body in (None, {}, {"reason": ""}, {"reason": " "}, {"reason": 1}):
        answer = await door.move(run["run_id"], "steps/slack/skip", body)
        assert answer.status_code == 422, body
    assert (await door.wait(run["run_id"]))["status"] == "escalated"


async def test_nothing_is_found_when_the_run_has_no_such_system(door: Door) -> None:
    run = await door.escalated()
    assert (await door.move(run["run_id"], "steps/jira/retry")).status_code == 404


async def test_step_is_not_retried_when_the_run_is_not_escalated(door: Door) -> None:
    run = await door.parked()
    assert (await door.move(run["run_id"], "steps/slack/retry")).status_code == 409


async def test_late_answer_for_a_system_is_told_who_won(door: Door) -> None:
    run_id = (await door.escalated())["run_id"]
    skip = {"reason": "They use another.", "responder": "ann"}
    assert (await door.move(run_id, "steps/slack/skip", skip)).status_code == 202
    assert (await door.wait(run_id))["status"] == "completed"
    late = await door.move(run_id, "steps/slack/retry", {"responder": "ben"})
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert late.json()["winner"]["responder"] == "ann"
    assert (await door.move(run_id, "steps/slack/skip", skip)).status_code == 202


async def test_answer_for_one_system_is_no_repeat_of_one_for_another(door: Door) -> None:
    door.worlds["github"].broken = "refused"
    run_id = (await door.escalated())["run_id"]
    door.worlds["slack"].slow_seconds = 0.5
    assert (await door.move(run_id, "steps/slack/retry")).status_code == 202
    other = await door.move(run_id, "steps/github/retry")
    assert (other.status_code, other.json()["code"]) == (409, "already_decided")
