"""One system fails for good: the others finish, a person is asked, and each answer is followed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.ports import System
from systems.breaker import Breaker, Guarded
from tests.integration.onboarding.conftest import STAND_IN, Office, opened, step
from tests.sandbox_server import MADE, SandboxServer

DOWN = {"kind": "status", "status": 503}
REVOKED = {"kind": "auth_revoked"}
UNDONE = {"slack": "the channel ", "github": "the repository ", "newsletter": "the list "}
"""Words by which a person is told what was taken back."""
FAULTS = (("slack", DOWN), ("github", REVOKED), ("newsletter", DOWN), ("grants", REVOKED))


async def failed(office: Office, *systems: str, **fault: Any) -> dict[str, Any]:
    """A run that asks what to do about `systems`, which will not work until they are healed."""
    run = await office.parked()
    for system in systems:
        office.sandbox.fault(system=STAND_IN[system], times=0, **fault)
    run = await office.decide(run["run_id"], "approve")
    others = [system for system in STAND_IN if system not in systems]
    assert [step(run, system)["status"] for system in others] == ["success"] * len(others)
    assert (run["status"], run["report"]) == ("escalated", None)
    assert run["open_request"]["systems"] == list(systems)
    return run


def of(made: dict[str, int], *systems: str) -> dict[str, int]:
    """The part of `made` that is not in these systems."""
    stand_ins = {STAND_IN[system] for system in systems}
    return {kind: count for kind, count in made.items() if kind.split()[0] not in stand_ins}


@pytest.mark.parametrize(("system", "fault"), FAULTS, ids=[system for system, _ in FAULTS])
async def test_run_completes_when_the_fault_is_cleared_and_it_is_tried_again(
    office: Office, system: str, fault: dict[str, Any]
) -> None:
    run = await failed(office, system, **fault)
    run_id = run["run_id"]
    assert step(run, system)["status"] in ("error", "fail")
    assert step(run, system)["hint"]
    assert office.made() == of(MADE, system)
    writes = [entry for entry in office.sandbox.writes() if entry["system"] != STAND_IN[system]]
    office.sandbox.heal()
    run = await office.decide(run_id, "retry")
    assert (run["status"], run["report"]["missing"]) == ("completed", [])
    assert office.made() == MADE
    again = [entry for entry in office.sandbox.writes() if entry["system"] != STAND_IN[system]]
    assert again == writes


@pytest.mark.parametrize(("system", "fault"), FAULTS, ids=[system for system, _ in FAULTS])
async def test_report_says_what_is_missing_when_a_system_is_skipped(
    office: Office, system: str, fault: dict[str, Any]
) -> None:
    run = await failed(office, system, **fault)
    run = await office.decide(run["run_id"], "skip", reason="They have none.", systems=[system])
    assert run["status"] == "completed"
    assert (step(run, system)["status"], step(run, system)["effect"]) == ("skipped", "none")
    report = run["report"]
    assert report["missing"] == [system]
    assert report["headline"].endswith(f"Missing: {system}.")
    line = next(line for line in report["checklist"] if line["system"] == system)
    assert "They have none." in line["text"]
    assert office.made() == of(MADE, system)


async def test_run_asks_again_and_is_not_completed_when_the_retry_fails_too(
    office: Office,
) -> None:
    run = await failed(office, "grants", **REVOKED)
    run_id, asked = run["run_id"], run["open_request"]["request_id"]
    run = await office.decide(run_id, "retry")
    assert (run["status"], run["report"]) == ("escalated", None)
    assert run["open_request"]["request_id"] != asked
    office.sandbox.heal()
    assert (await office.move(run_id, "steps/grants/retry")).status_code == 202
    assert (await office.wait(run_id))["status"] == "completed"
    passed = [event["type"] for event in await office.events(run_id)]
    assert passed.count("escalation_requested") == 2
    assert passed.index("run_completed") == len(passed) - 1
    assert office.made() == MADE


async def test_failures_are_answered_one_by_one_when_two_systems_have_failed(
    office: Office,
) -> None:
    run = await failed(office, "slack", "newsletter", **REVOKED)
    run_id = run["run_id"]
    body = {"reason": "They use another.", "responder": "dana"}
    assert (await office.move(run_id, "steps/slack/skip", body)).status_code == 202
    run = await office.wait(run_id)
    assert (run["status"], run["open_request"]["systems"]) == ("escalated", ["newsletter"])
    office.sandbox.heal()
    run = await office.decide(run_id, "retry")
    assert (run["status"], run["report"]["missing"]) == ("completed", ["slack"])
    assert office.made() == of(MADE, "slack")


async def test_what_was_made_stays_when_a_person_aborts(office: Office) -> None:
    run = await failed(office, "slack", **REVOKED)
    run = await office.decide(run["run_id"], "abort")
    assert (run["status"], run["failure"]["code"]) == ("failed", "aborted")
    assert run["report"]["missing"] == ["slack"]
    assert office.made() == of(MADE, "slack")


def standing(office: Office) -> set[str]:
    """The systems that hold anything which a company could still use."""
    state = office.sandbox.state()
    used = {
        "slack": [each for each in state["slack"]["channel"] if "acme" in each["name"]],
        "github": [each for each in state["github"]["repository"] if not each["is_template"]],
        "newsletter": state["brevo"].get("list", []),
        "grants": state["grants"].get("application", []),
    }
    gone = {
        "slack": all(each["is_archived"] for each in used["slack"]),
        "github": all(each["archived"] for each in used["github"])
        and not state["github"].get("team"),
        "newsletter": not used["newsletter"],
        "grants": not used["grants"],
    }
    return {system for system, nothing in gone.items() if not nothing}


@pytest.mark.parametrize("system", STAND_IN)
async def test_the_three_that_finished_are_undone_when_a_person_rolls_back(
    office: Office, system: str
) -> None:
    run = await failed(office, system, **REVOKED)
    assert standing(office) == set(STAND_IN) - {system}
    run = await office.decide(run["run_id"], "rollback")
    assert run["status"] == "rolled_back"
    stays = {"grants"} - {system}  # an application cannot be withdrawn, and the plan said so
    assert standing(office) == stays
    assert len(run["leftovers"]) == len(stays)
    assert run["report"]["leftovers"] == run["leftovers"]
    told = {name for name, word in UNDONE.items() if any(word in each for each in run["undone"])}
    assert told == UNDONE.keys() - {system}


@pytest.fixture
async def hasty(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """An office whose breakers close again at once."""

    def guarded(system: System) -> Guarded:
        return Guarded(system, Breaker(system.name, open_seconds=0.1))

    monkeypatch.setattr("systems.registry.guarded", guarded)
    async with opened(tmp_path, sandbox) as office:
        yield office


async def test_rollback_asks_again_when_a_system_cannot_be_looked_into(hasty: Office) -> None:
    run = await failed(hasty, "github", **DOWN)
    run_id = run["run_id"]
    run = await hasty.decide(run_id, "rollback")
    assert (run["status"], run["open_request"]["systems"]) == ("escalated", ["github"])
    assert standing(hasty) == {"grants"}
    hasty.sandbox.heal()
    run = await hasty.decide(run_id, "rollback")
    assert run["status"] == "rolled_back"
    assert standing(hasty) == {"grants"}
