"""Which terms the policy sets for which plan."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.choices import Choices
from domain.errors import BadSetting
from domain.plans import ChangeKind, Plan
from domain.policies import ONE_APPROVAL, Policy, read
from domain.terms import Approvers, Terms
from tests.unit.domain import samples

NOTHING_NEW = {"rule": "nothing new", "when": {"only": ["adopt", "no_op"], "sends_mail": False}}
NO_ONE = NOTHING_NEW | {"approvals": 0}


def plan(*changes: tuple[str, ChangeKind, bool]) -> Plan:
    """A plan of these changes: where, of which kind, and whether each sends mail."""
    made = (
        samples.CHANGE.model_copy(update={"system": system, "kind": kind, "sends_mail": mails})
        for system, kind, mails in changes
    )
    return samples.PLAN.model_copy(update={"changes": tuple(made)})


K = ChangeKind
NEW = plan(("slack", K.ADOPT, False), ("github", K.CREATE, False))
OLD = plan(("slack", K.ADOPT, False), ("github", K.NO_OP, False))


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    return Policy.model_validate({"approval": rules, **more})


@pytest.mark.parametrize("each", [NEW, OLD, plan()])
def test_one_person_must_approve_when_nothing_else_is_said(each: Plan) -> None:
    assert ONE_APPROVAL.for_plan(each) == Terms(approvals=1)


@pytest.mark.parametrize(
    ("each", "approvals"),
    [
        (OLD, 0),
        (NEW, 1),
        (plan(("slack", K.ADOPT, True)), 1),
        (plan(("slack", K.CONFLICT, False)), 1),
        (plan(("slack", K.BLOCKED, False)), 1),
        (plan(("slack", K.UPDATE, False)), 1),
    ],
)
def test_nobody_must_approve_when_nothing_is_made_and_no_mail_is_sent(
    each: Plan, approvals: int
) -> None:
    assert policy(NO_ONE).for_plan(each).approvals == approvals


@pytest.mark.parametrize(("target", "approvals"), [(samples.CHANGE.target, 1), ("other", 0)])
def test_somebody_must_approve_when_something_of_others_is_adopted(
    target: str, approvals: int
) -> None:
    choosing = samples.COMPANY.model_copy(update={"choices": Choices(adopt=(target,))})
    chosen = OLD.model_copy(update={"company": choosing})
    assert policy(NO_ONE).for_plan(chosen).approvals == approvals


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"systems": ["github"]}, True),
        ({"systems": ["grants"]}, False),
        ({"kinds": ["create"]}, True),
        ({"systems": ["slack"], "kinds": ["create"]}, False),
        ({"systems": ["slack", "github"], "kinds": ["create"]}, True),
        ({"only": ["create"]}, False),
        ({"only": ["create", "adopt"]}, True),
        ({"sends_mail": False}, True),
        ({"sends_mail": True}, False),
    ],
    ids=str,
)
def test_rule_holds_when_all_that_it_says_does(when: dict[str, Any], holds: bool) -> None:
    assert policy({"rule": "x", "when": when}).for_plan(NEW).rule == ("x" if holds else "")


def test_first_rule_that_holds_sets_the_terms() -> None:
    two = {"rule": "code", "when": {"systems": ["github"]}, "approvals": 2}
    found = policy(NO_ONE, two, {"rule": "rest", "approvals": 3})
    assert [found.for_plan(each).approvals for each in (OLD, NEW)] == [0, 2]
    assert found.for_plan(plan(("slack", K.CREATE, False))).rule == "rest"


@pytest.mark.parametrize(
    ("rule", "whole", "launch", "deadline"),
    [
        (None, None, None, None),
        (60.0, 90.0, None, 60.0),
        (None, 90.0, None, 90.0),
        (None, None, 30.0, 30.0),
        (60.0, None, 30.0, 30.0),
        (60.0, None, 90.0, 60.0),
    ],
)
def test_launch_may_only_shorten_the_deadline(
    rule: float | None, whole: float | None, launch: float | None, deadline: float | None
) -> None:
    found = policy({"deadline_seconds": rule}, deadline_seconds=whole)
    assert found.for_plan(NEW, launch).deadline_seconds == deadline


@pytest.mark.parametrize(("own", "whole", "holds"), [(None, True, True), (False, True, False)])
def test_four_eyes_of_a_rule_come_before_those_of_the_policy(
    own: bool | None, whole: bool, holds: bool
) -> None:
    assert policy({"four_eyes": own}, four_eyes=whole).for_plan(NEW).four_eyes is holds


def test_groups_are_named_by_the_policy_too() -> None:
    found = policy(groups={"security": ["dana", "ben"], "managers": ["dana"]})
    assert found.groups_of("dana") == {"security", "managers"}
    assert found.groups_of("DANA ") == {"security", "managers"}
    assert found.groups_of("eve") == set()


@pytest.mark.parametrize(
    ("approvers", "name", "groups", "included"),
    [
        (Approvers(people=("Dana@Example.com",)), "dana@example.com", (), True),
        (Approvers(), "eve", (), True),
        (Approvers(people=("dana",)), "dana", (), True),
        (Approvers(people=("dana",)), "eve", ("dana",), False),
        (Approvers(groups=("security",)), "eve", ("security",), True),
        (Approvers(groups=("security",)), "security", (), False),
    ],
)
def test_approvers_are_those_who_are_named(
    approvers: Approvers, name: str, groups: tuple[str, ...], included: bool
) -> None:
    assert approvers.include(name, groups) is included


def test_anybody_stays_anybody_when_others_join() -> None:
    managers = Approvers(groups=("managers",))
    assert Approvers().joined_by(managers).anybody
    joined = Approvers(people=("dana",)).joined_by(managers).joined_by(managers)
    assert joined == Approvers(people=("dana",), groups=("managers",))


def test_policy_is_read_from_the_setting_or_from_a_file(tmp_path: Path) -> None:
    text = json.dumps({"approval": [NO_ONE]})
    file = tmp_path / "policy.json"
    file.write_text(text)
    assert read(text) == read(str(file)) == policy(NO_ONE)
    assert read("") is ONE_APPROVAL


@pytest.mark.parametrize(
    "setting",
    [
        "no-such-file.json",
        "{",
        '{"approvals": 1}',
        '{"approval": [{"approvals": 11}]}',
        '{"approval": [{"approvals": -1}]}',
        '{"approval": [{"deadline_seconds": 0}]}',
        '{"approval": [{"at_expiry": "approve"}]}',
        '{"approval": [{"at_expiry": "rollback"}]}',
        '{"approval": [{"when": {"kinds": ["destroy"]}}]}',
        '{"escalation": {"at_expiry": "deny"}}',
        '{"escalation": {"approvals": 2}}',
    ],
)
def test_start_is_stopped_when_the_policy_is_none(setting: str) -> None:
    with pytest.raises(BadSetting) as error:
        read(setting)
    assert error.value.message.startswith("APPROVAL_POLICY is not a policy")


def test_terms_are_refused_when_they_have_an_unknown_field() -> None:
    with pytest.raises(ValidationError):
        Terms.model_validate({"approval": 1})


def test_example_in_the_document_is_a_policy() -> None:
    document = (Path(__file__).parents[3] / "docs" / "approvals.md").read_text()
    found = read(document.split("```json")[1].split("```")[0].strip())
    assert [rule.approvals for rule in found.approval] == [0, 2]
