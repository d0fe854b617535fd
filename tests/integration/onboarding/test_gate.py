"""Nothing is written before an approval, and nothing but what was approved."""

import httpx
import pytest

from domain.plans import Plan
from sandbox.seed import GITHUB_ORG, GITHUB_TOKEN
from server.worker.journal import RunGate
from tests.doubles.forger import forge
from tests.integration.onboarding.conftest import STAND_IN, Office, step
from tests.sandbox_server import MADE


async def test_nothing_is_written_when_the_plan_is_denied(office: Office) -> None:
    run = await office.parked()
    run = await office.decide(run["run_id"], "deny", reason="Not this year.")
    assert run["status"] == "denied"
    journal = office.sandbox.requests()
    assert {entry["system"] for entry in journal} == set(STAND_IN.values())
    assert {entry["effect"] for entry in journal} == {"read"}
    assert office.made() == {}


async def test_writing_is_seen_when_the_plan_is_approved(office: Office) -> None:
    run = await office.parked()
    await office.decide(run["run_id"], "approve")
    assert {entry["system"] for entry in office.sandbox.writes()} == set(STAND_IN.values())


async def test_plan_that_is_carried_out_is_the_one_that_was_shown(office: Office) -> None:
    run = await office.parked()
    shown = run["plan"]
    stale = {"approved": True, "responder": "dana", "digest": "0" * 64}
    refused = await office.move(run["run_id"], "resume", stale)
    assert (refused.status_code, refused.json()["current_digest"]) == (409, shown["digest"])
    assert office.sandbox.writes() == []
    run = await office.decide(run["run_id"], "approve", digest=shown["digest"])
    assert (run["status"], run["plan"]) == ("completed", shown)
    events = await office.events(run["run_id"])
    applied = [each["data"]["key"] for each in events if each["type"] == "change_applied"]
    assert sorted(applied) == sorted(change["key"] for change in shown["changes"])


async def forged(office: Office) -> tuple[str, Plan]:
    """A run whose plan was changed after it had been shown, and the plan it has now."""
    run = await office.parked()
    plan = await forge(office.checkpoints, run["run_id"], "acme-corp", "evil-corp")
    return run["run_id"], Plan.parse(plan)


async def test_changed_plan_is_refused_when_another_one_was_approved(office: Office) -> None:
    run_id, _ = await forged(office)
    run = await office.decide(run_id, "approve")
    assert run["status"] == "escalated"
    assert {each["error_code"] for each in run["steps"]} == {"PLAN_CHANGED"}
    assert {each["effect"] for each in run["steps"]} == {"none"}
    assert office.sandbox.writes() == []


async def test_changed_plan_is_carried_out_when_the_gate_stands_open(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, plan = await forged(office)

    async def any_plan(gate: RunGate, system: str) -> str:
        return plan.digest

    monkeypatch.setattr(RunGate, "approved_digest", any_plan)
    await office.decide(run_id, "approve")
    channels = office.sandbox.state()["slack"]["channel"]
    assert "welcome-evil-corp" in {channel["name"] for channel in channels}


async def test_name_that_a_stranger_took_meanwhile_is_left_to_them(office: Office) -> None:
    run = await office.parked()
    with httpx.Client(
        base_url=f"{office.sandbox.url}/github/orgs/{GITHUB_ORG}",
        headers={"Authorization": f"Bearer {GITHUB_TOKEN}"},
        trust_env=False,
    ) as stranger:
        team = {"name": "partner-acme-corp", "description": "Somebody's own."}
        theirs = stranger.post("/teams", json=team).raise_for_status().json()
        run = await office.decide(run["run_id"], "approve")
        assert run["status"] == "escalated"
        assert step(run, "github")["error_code"] == "CONFLICT"
        run = await office.decide(run["run_id"], "skip", reason="The name is taken.")
        assert (run["status"], run["report"]["missing"]) == ("completed", ["github"])
        kept = stranger.get("/teams/partner-acme-corp").json()
        assert (kept["id"], kept["description"]) == (theirs["id"], "Somebody's own.")
        stranger.delete("/teams/partner-acme-corp").raise_for_status()
    assert office.made() == {
        kind: count for kind, count in MADE.items() if not kind.startswith("github")
    }
