"""Answers in every dialect."""

from typing import Any

import pytest

from domain.companies import Contact
from domain.decisions import Answer, DecisionKind
from domain.dialects import normalise_decision
from domain.edits import PlanEdit
from domain.errors import Invalid

EDITED = {"systems": ["slack"], "contacts": [{"github": "octocat"}], "slug": "acme", "digest": "d"}
TYPED = EDITED | {"systems": '["slack"]', "contacts": '[{"github":"octocat"}]'}
EDIT = PlanEdit(systems=["slack"], contacts=[Contact(github="octocat")], slug="acme")


def _action(args: Any) -> Any:
    return {"name": "approval", "args": args}


DIALECTS: dict[str, tuple[Any, Answer]] = {
    "approved": ({"approved": True}, Answer(kind=DecisionKind.APPROVE)),
    "not approved": ({"approved": False}, Answer(kind=DecisionKind.DENY)),
    "with everything": (
        {
            "approved": False,
            "reason": " no ",
            "systems": ["slack"],
            "digest": "d",
            "responder": "R",
        },
        Answer(kind=DecisionKind.DENY, reason="no", systems=("slack",), digest="d"),
    ),
    "word approve": ({"decision": "approve"}, Answer(kind=DecisionKind.APPROVE)),
    "word deny": ({"decision": "deny"}, Answer(kind=DecisionKind.DENY)),
    "word reject": ({"decision": "reject"}, Answer(kind=DecisionKind.DENY)),
    "word retry": (
        {"decision": "retry", "systems": ["slack", "github"]},
        Answer(kind=DecisionKind.RETRY, systems=("slack", "github")),
    ),
    "word skip": (
        {"decision": "skip", "reason": "Not needed."},
        Answer(kind=DecisionKind.SKIP, reason="Not needed."),
    ),
    "word abort": ({"decision": "abort"}, Answer(kind=DecisionKind.ABORT)),
    "word rollback": ({"decision": "rollback"}, Answer(kind=DecisionKind.ROLLBACK)),
    "chat approve": ({"decisions": [{"type": "approve"}]}, Answer(kind=DecisionKind.APPROVE)),
    "chat reject": (
        {"decisions": [{"type": "reject", "message": "Wrong name."}]},
        Answer(kind=DecisionKind.DENY, reason="Wrong name."),
    ),
    "chat escalation": (
        {"decisions": [{"type": "skip", "message": "Later.", "systems": ["grants"]}]},
        Answer(kind=DecisionKind.SKIP, reason="Later.", systems=("grants",)),
    ),
    "inbox accept": ([{"type": "accept", "args": None}], Answer(kind=DecisionKind.APPROVE)),
    "inbox accept with its action": (
        [{"type": "accept", "args": {"action": "approval", "args": {"digest": "x"}}}],
        Answer(kind=DecisionKind.APPROVE, digest="x"),
    ),
    "inbox response": (
        [{"type": "response", "args": "Wrong name."}],
        Answer(kind=DecisionKind.DENY, reason="Wrong name.", text="Wrong name."),
    ),
    "words": (
        {"answer": " Globex, without GitHub "},
        Answer(kind=DecisionKind.ANSWER, text="Globex, without GitHub"),
    ),
    "word edit": (
        {"decision": "edit", "edit": {"slug": "acme", "contacts": []}, "digest": "d"},
        Answer(kind=DecisionKind.EDIT, edit=PlanEdit(slug="acme", contacts=[]), digest="d"),
    ),
    "chat edit": (
        {"decisions": [{"type": "edit", "edited_action": _action(EDITED)}]},
        Answer(kind=DecisionKind.EDIT, edit=EDIT, digest="d"),
    ),
    "inbox edit": (
        [{"type": "edit", "args": {"action": "approval", "args": TYPED}}],
        Answer(kind=DecisionKind.EDIT, edit=EDIT, digest="d"),
    ),
    "empty reason": ({"decision": "retry", "reason": "  "}, Answer(kind=DecisionKind.RETRY)),
}


@pytest.mark.parametrize(("payload", "answer"), DIALECTS.values(), ids=DIALECTS.keys())
def test_answer_is_understood_when_the_dialect_is_known(payload: Any, answer: Answer) -> None:
    assert normalise_decision(payload) == answer


@pytest.mark.parametrize(
    "value", [1, 0, "true", "yes", "True", None, [], {}, 1.0, "approve"], ids=repr
)
def test_nothing_is_approved_when_the_value_is_no_json_boolean(value: Any) -> None:
    with pytest.raises(Invalid) as error:
        normalise_decision({"approved": value})
    assert error.value.field == "approved"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        True,
        "approve",
        1,
        {},
        [],
        {"approve": True},
        {"decision": None},
        {"decision": True},
        {"decision": "APPROVE"},
        {"decision": "yes"},
        {"decision": ["approve"]},
        {"decision": {"type": "approve"}},
        {"type": "approve"},
        {"decisions": []},
        {"decisions": None},
        {"decisions": "approve"},
        {"decisions": {"approved": True}},
        {"decisions": {"type": "approve"}},
        {"decisions": ["approve"]},
        {"decisions": [{"type": "approve"}, {"type": "approve"}]},
        {"decisions": [{"type": "edit", "edited_action": {}}]},
        {"decisions": [{"type": "edit", "edited_action": {"name": "approval", "args": []}}]},
        {"decisions": [{"type": "edit", "edited_action": _action({"changes": []})}]},
        {"decision": "edit", "edit": {"company_name": "Other"}},
        {"decision": "edit", "edit": {"systems": []}},
        {"decision": "edit", "edit": {"systems": "slack"}},
        {"decision": "edit", "edit": []},
        {"decisions": [{"approved": True}]},
        {"decisions": [{}]},
        [{"type": "accept"}, {"type": "accept"}],
        [{"type": "edit", "args": _action({"systems": "slack, github"})}],
        [{"type": "edit", "args": _action({"systems": '"slack"'})}],
        [{"type": "ignore", "args": None}],
        [{"type": 1}],
        [["accept"]],
        {"approved": True, "decision": "approve"},
        {"approved": False, "decisions": [{"type": "approve"}]},
        {"decision": "deny", "decisions": [{"type": "approve"}]},
    ],
    ids=repr,
)
def test_answer_is_refused_when_it_is_in_no_dialect_or_in_two(payload: Any) -> None:
    with pytest.raises(Invalid):
        normalise_decision(payload)


@pytest.mark.parametrize(
    "extra",
    [
        {"reason": 1},
        {"reason": ["x"]},
        {"digest": 1},
        {"systems": "slack"},
        {"systems": [1]},
        {"systems": {"slack": True}},
        {"systems": None},
        {"reason": "a\x00b"},
        {"reason": "a\u202eb"},
        {"reason": "x" * 2_001},
    ],
    ids=lambda extra: repr(extra)[:30],
)
@pytest.mark.parametrize("payload", [{"approved": True}, {"decision": "retry"}])
def test_answer_is_refused_when_a_field_has_the_wrong_shape(
    payload: dict[str, Any], extra: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        normalise_decision(payload | extra)


def test_reason_may_have_lines_when_a_person_explains() -> None:
    answer = normalise_decision({"approved": False, "reason": "No:\n- name"})
    assert answer.reason == "No:\n- name"
