"""What a plan differs in from the last launch, in words."""

from datetime import UTC, datetime
from typing import Any

from domain.companies import Company
from domain.launches import LaunchRequest
from domain.plans import Change, ChangeKind, Plan
from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import StepResult, StepStatus
from server.console.differences import since

COMPANY = Company(company_id="co_1", name="Acme", slug="acme")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def change(resource: str, system: str = "github", **fields: Any) -> Change:
    usual: dict[str, Any] = {
        "key": f"co_1/{system}/{resource}",
        "kind": ChangeKind.CREATE,
        "target": f"acme/{resource}",
        "summary": f"create {resource}",
    }
    return Change(system=system, resource=resource, **usual | fields)


def plan(*changes: Change) -> Plan:
    systems = tuple(dict.fromkeys(one.system for one in changes))
    return Plan(run_id="run_1", company=COMPANY, systems=systems, changes=changes)


def last(*changes: Change, skipped: str = "") -> RunState:
    """A completed run with this plan."""
    made = plan(*changes)
    steps = {
        name: StepResult(
            system=name,
            status=StepStatus.SKIPPED if name == skipped else StepStatus.SUCCESS,
            details="",
        )
        for name in made.systems
    }
    return RunState(
        run_id="run_0",
        status=RunStatus.COMPLETED,
        version=9,
        company=COMPANY,
        systems=made.systems,
        request=LaunchRequest(company_name="Acme"),
        launched_by="dana",
        plan=made,
        steps=steps,
        created_at=NOW,
        updated_at=NOW,
    )


def told(earlier: RunState, *changes: Change) -> list[str]:
    found = since(earlier, plan(*changes))
    assert found is not None and found.run is earlier
    return [f"{one.label.word} {one.system}: {one.text}" for one in found.differences]


def test_what_is_new_and_what_is_gone_is_named() -> None:
    earlier = last(change("team"), change("invite-dana", summary="invite dana"))
    assert told(earlier, change("team"), change("invite-ilya", summary="invite ilya")) == [
        "New GitHub: Invite ilya",
        "Gone GitHub: Invite dana",
    ]


def test_people_whose_addresses_read_the_same_are_told_apart() -> None:
    before = [change(f"invite-{n}", summary="invite …@acme.example") for n in (1, 2)]
    now = change("invite-3", summary="invite …@acme.example")
    assert told(last(*before), now) == [
        "Changed GitHub: Invite …@acme.example, for somebody else",
        "Gone GitHub: Invite …@acme.example",
    ]


def test_what_the_last_launch_made_is_no_difference() -> None:
    there = change("team").become(ChangeKind.NO_OP)
    assert told(last(change("team")), there) == []


def test_changed_values_are_told_where_they_fit_into_a_sentence() -> None:
    before = change("grant", after={"permission": "pull", "private": True, "text": "x" * 99})
    now = change("grant", after={"permission": "push", "private": False, "text": "y" * 99})
    assert told(last(before), now) == [
        "Changed GitHub: acme/grant permission: was pull, becomes push; private: was yes, "
        "becomes no; has another text"
    ]
    fewer = change("grant", after={"private": True, "text": "x" * 99})
    assert told(last(before), fewer) == [
        "Changed GitHub: acme/grant permission: was pull, becomes nothing"
    ]


def test_another_target_and_new_trouble_are_changes() -> None:
    now = change("repo", target="acme/other").become(ChangeKind.CONFLICT, reason="taken")
    assert told(last(change("repo", target="acme/repo")), now) == [
        "Changed GitHub: acme/other is in conflict now; was acme/repo"
    ]


def test_a_system_that_was_skipped_then_is_new_now() -> None:
    both = (change("team"), change("channel", "slack"))
    assert told(last(*both), *both) == []
    assert told(last(*both, skipped="slack"), *both) == ["New Slack: Create channel"]


def test_there_is_nothing_to_compare_without_both() -> None:
    assert since(None, plan(change("team"))) is None
    assert since(last(change("team")), None) is None
    assert since(last(change("team")).model_copy(update={"plan": None}), plan()) is None
