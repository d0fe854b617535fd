"""The same payloads over HTTP, as a proxy of either UI would pass them on."""

from typing import Any

import pytest

from domain.status import RunStatus
from tests.integration.api.conftest import Door


def _edited(run: Any) -> tuple[Any, Any]:
    digest = run["plan"]["digest"]
    args = {"systems": '["slack"]', "contacts": [], "slug": "acme-eu", "choices": {}}
    args = {**args, "digest": digest}
    return (
        [{"type": "edit", "args": {"action": "approval", "args": args}}],
        {"decisions": [{"type": "edit", "edited_action": {"name": "approval", "args": args}}]},
    )


@pytest.mark.parametrize("dialect", [0, 1], ids=["inbox", "chat"])
async def test_plan_is_edited_and_then_approved(door: Door, dialect: int) -> None:
    first = await door.parked()
    answer = await door.move(first["run_id"], "resume", _edited(first)[dialect])
    assert (answer.status_code, answer.json()["status"]) == (202, "planning")
    second = await door.wait(first["run_id"])
    assert (second["status"], second["systems"]) == ("awaiting_approval", ["slack"])
    decision = second["decisions"][-1]
    assert (decision["kind"], decision["edit"]["slug"]) == ("edit", "acme-eu")
    again = await door.move(first["run_id"], "resume", _edited(first)[dialect])
    assert again.status_code == 200
    stale = await door.move(
        first["run_id"], "resume", {"approved": True, "digest": first["plan"]["digest"]}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_plan")
    assert stale.json()["current_digest"] == second["plan"]["digest"]
    approve: Any = ([{"type": "accept", "args": None}], {"decisions": [{"type": "approve"}]})
    await door.move(first["run_id"], "resume", approve[dialect])
    run = await door.home.until(first["run_id"], RunStatus.COMPLETED)
    assert run.company.slug == "acme-eu"
    assert [len(world.objects) for world in door.worlds.values()] == [2, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        [{"type": "response", "args": "Wrong name."}],
        {"decisions": [{"type": "reject", "message": "Wrong name."}]},
    ],
)
async def test_run_is_denied_with_the_reason(door: Door, body: Any) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "resume", body)
    assert (answer.status_code, answer.json()["status"]) == (202, "denied")
    assert answer.json()["decisions"][0]["reason"] == "Wrong name."


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({}, "edit"),
        ({"systems": ["jira"]}, "systems"),
        ({"systems": []}, "edit.systems"),
        ({"slug": "NO"}, "slug"),
        ({"plan": {}}, "edit"),
        ({"contacts": [{}]}, "contacts"),
        ({"systems": "slack"}, "edit.systems"),
    ],
    ids=str,
)
async def test_edit_is_refused_when_it_is_none(door: Door, edit: Any, field: str) -> None:
    run = await door.parked()
    answer = await door.move(run["run_id"], "resume", {"decision": "edit", "edit": edit})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["field"] == field
    assert (await door.wait(run["run_id"]))["version"] == run["version"]


async def test_some_systems_are_approved_and_the_others_skipped(door: Door) -> None:
    run = await door.parked()
    body = {"approved": True, "systems": ["github"], "reason": "Chat comes later."}
    assert (await door.move(run["run_id"], "resume", body)).status_code == 202
    run = await door.wait(run["run_id"])
    assert run["status"] == "completed"
    assert {step["system"]: step["status"] for step in run["steps"]} == {
        "slack": "skipped", "github": "success", "grants": "skipped",
    }  # fmt: skip
    assert [len(world.objects) for world in door.worlds.values()] == [0, 2, 0]
