"""From two calls to a company that stands in four systems, each effect once."""

from typing import Any

import pytest

from sandbox.github import repositories
from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import STAND_IN, Office, step
from tests.sandbox_server import MADE

JSON = {"content-type": "application/json"}
LAUNCH = b'{"company_name": "Acme Corp", "idempotency_key": "acme-001"}'
SHAPE = ["system", "status", "details", "error_code", "retryable", "attempt"]
FIRST_KIND = {
    "slack": "slack channel",
    "github": "github team",
    "newsletter": "brevo list",
    "grants": "grants application",
}


async def test_company_is_onboarded_when_a_launch_and_an_approval_are_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "READS_UNTIL_READY", 2)
    launched = await office.http.post(RUNS, content=LAUNCH, headers=JSON)
    assert launched.status_code == 201
    run = await office.wait(launched.json()["run_id"])
    assert run["status"] == "awaiting_approval"
    assert {change["kind"] for change in run["plan"]["changes"]} == {"create"}
    assert office.sandbox.writes() == []
    approval = {"run_id": run["run_id"], "approved": True, "responder": "dana"}
    assert (await office.http.post("/webhooks/approval", json=approval)).status_code == 200
    run = await office.wait(run["run_id"])
    assert run["status"] == "completed"
    assert [(each["system"], each["status"]) for each in run["steps"]] == [
        (system, "success") for system in STAND_IN
    ]
    slack = step(run, "slack")
    assert list(slack)[:6] == SHAPE
    assert slack["details"] == "Slack provisioned for Acme Corp: channel=#welcome-acme-corp"
    assert [slack[name] for name in SHAPE[3:]] == [None, False, 1]
    assert run["report"]["missing"] == []
    assert office.made() == MADE


async def test_second_run_adopts_what_the_first_has_made(office: Office) -> None:
    first = await office.parked()
    await office.decide(first["run_id"], "approve")
    made, writes = office.made(), office.sandbox.writes()
    run = await office.parked("  ACME  corp ")
    assert {change["kind"] for change in run["plan"]["changes"]} <= {"adopt", "no_op"}
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "completed"
    assert office.made() == made
    assert office.sandbox.writes() == writes
    resources = [each for step in run["steps"] for each in step["resources"]]
    assert resources
    assert not any(each["created_by_us"] for each in resources)


async def test_people_are_invited_once_and_waited_for(office: Office) -> None:
    contacts = [{"name": "Dana", "email": "dana@example.com"}, {"github": "octo-guest"}]
    run = await office.parked(contacts=contacts)
    mails = [change for change in run["plan"]["changes"] if change["sends_mail"]]
    assert len(mails) == 3
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "completed"
    assert {each["system"]: each["status"] for each in run["steps"]} == {
        "slack": "success",
        "github": "pending",
        "newsletter": "pending",
        "grants": "success",
    }
    people = {"github invitation": 1, "github membership": 1, "brevo mail": 1, "brevo contact": 1}
    assert office.made() == MADE | people


@pytest.mark.parametrize("kind", ["lost_after_effect", "status_after_effect"])
@pytest.mark.parametrize("system", STAND_IN)
async def test_effect_stands_once_when_the_answer_to_its_call_is_lost(
    office: Office, system: str, kind: str
) -> None:
    run = await office.parked()
    more: dict[str, Any] = {"status": 502} if kind == "status_after_effect" else {}
    office.break_first_call(system, kind, **more)
    run = await office.decide(run["run_id"], "approve")
    assert [entry["system"] for entry in office.sandbox.requests() if entry["fault"]] == [
        STAND_IN[system]
    ]
    assert run["status"] == "completed"
    result = step(run, system)
    assert (result["status"], result["attempt"] <= 2) == ("success", True)
    assert result["resources"][0]["created_by_us"]
    assert office.made()[FIRST_KIND[system]] == 1
    assert office.made() == MADE
