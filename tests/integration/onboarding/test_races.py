"""Callers who come together: one run for one key, one decision for one question."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office
from tests.sandbox_server import MADE

BODY = {"company_name": "Acme Corp", "idempotency_key": "acme-001"}
AFTER = {"approve": ("completed", MADE), "deny": ("denied", {})}


async def test_one_run_is_launched_when_one_key_comes_a_hundred_times_at_once(
    office: Office,
) -> None:
    answers = await asyncio.gather(*(office.http.post(RUNS, json=BODY) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    run_ids = {answer.json()["run_id"] for answer in answers}
    listed = (await office.http.get(RUNS)).json()["items"]
    assert {run["run_id"] for run in listed} == run_ids
    assert len(run_ids) == 1
    run = await office.wait(run_ids.pop())
    await office.decide(run["run_id"], "approve")
    assert office.made() == MADE


async def test_key_is_refused_when_it_comes_at_once_with_other_requests(office: Office) -> None:
    bodies = [BODY | {"company_name": name} for name in ("Acme Corp", "Other Corp")] * 10
    answers = await asyncio.gather(*(office.http.post(RUNS, json=body) for body in bodies))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(201), codes.count(200), codes.count(422)) == (1, 9, 10)
    refused = [answer.json() for answer in answers if answer.status_code == 422]
    assert {told["code"] for told in refused} == {"key_reused"}
    assert len((await office.http.get(RUNS)).json()["items"]) == 1


def decided(office: Office, run_id: str, number: int) -> Any:
    """The n-th of many answers: to one or the other effect, through one door or the other."""
    approved, responder = number % 2 == 0, f"person {number}"
    if number % 4 < 2:
        return office.move(run_id, "resume", {"approved": approved, "responder": responder})
    body = {"run_id": run_id, "approved": approved, "responder": responder}
    return office.http.post("/webhooks/approval", json=body)


def winner(answers: list[httpx.Response]) -> dict[str, Any]:
    """The decision that stands: one answer was welcome, all others were told of it."""
    won = [answer for answer in answers if answer.is_success]
    assert len(won) == 1
    (decision,) = won[0].json()["decisions"]
    lost = [answer for answer in answers if not answer.is_success]
    assert {answer.status_code for answer in lost} == {409}
    told = [answer.json() for answer in lost]
    assert {each["code"] for each in told} == {"already_decided"}
    stands = {
        "decision": decision["kind"],
        "responder": decision["responder"],
        "door": decision["door"],
    }
    for each in told:
        assert each["winner"] | stands == each["winner"]
        assert each["winner"]["decided_at"]
    return dict(decision)


@pytest.mark.parametrize("first", [0, 1], ids=["approvals-first", "denials-first"])
async def test_one_decision_wins_and_the_run_follows_it_when_twenty_arrive_at_once(
    office: Office, first: int
) -> None:
    run_id = (await office.parked())["run_id"]
    numbers = range(first, first + 20)
    decision = winner(await asyncio.gather(*(decided(office, run_id, n) for n in numbers)))
    run = await office.wait(run_id)
    assert (run["status"], office.made()) == AFTER[decision["kind"]]
    assert [each["responder"] for each in run["decisions"]] == [decision["responder"]]


async def test_one_decision_wins_when_twenty_also_resume_a_paused_run(office: Office) -> None:
    run_id = (await office.parked())["run_id"]
    assert (await office.move(run_id, "pause")).status_code == 202
    bodies = [{"approved": n % 2 == 0, "responder": f"person {n}"} for n in range(20)]
    answers = await asyncio.gather(*(office.move(run_id, "resume", body) for body in bodies))
    decision = winner(list(answers))
    run = await office.wait(run_id)
    assert (run["status"], office.made()) == AFTER[decision["kind"]]


async def test_one_answer_wins_when_a_failure_is_answered_in_all_ways_at_once(
    office: Office,
) -> None:
    run_id = (await office.parked())["run_id"]
    office.sandbox.fault(system="grants", kind="auth_revoked", times=0)
    assert (await office.decide(run_id, "approve"))["status"] == "escalated"
    office.sandbox.heal()
    moves: list[tuple[str, Any]] = [
        ("steps/grants/skip", {"reason": "Not needed.", "responder": "ann"}),
        ("steps/grants/retry", {"responder": "ben"}),
        ("resume", {"decision": "rollback", "responder": "cleo"}),
        ("resume", {"decision": "abort", "responder": "dan"}),
    ]
    answers = await asyncio.gather(*(office.move(run_id, *move) for move in moves * 3))
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    run = await office.wait(run_id)
    assert len(run["decisions"]) == 2
    decision = run["decisions"][1]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["winner"]["responder"] == decision["responder"]
        else:
            assert answer.json()["decisions"][1] == decision
    ends = {"skip": "completed", "retry": "completed", "rollback": "rolled_back", "abort": "failed"}
    assert run["status"] == ends[decision["kind"]]
