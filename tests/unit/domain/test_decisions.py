"""Answers in every dialect, and what they answer."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.decisions import (
    ANSWERS,
    Answer,
    Decision,
    DecisionKind,
    OpenRequest,
    RequestKind,
    check_answer,
    normalise_decision,
)
from domain.errors import Invalid
from tests.unit.domain import samples

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
        [{"type": "accept", "args": {"action": "approve_plan", "args": {"digest": "x"}}}],
        Answer(kind=DecisionKind.APPROVE),
    ),
    "inbox response": (
        [{"type": "response", "args": "Wrong name."}],
        Answer(kind=DecisionKind.DENY, reason="Wrong name."),
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
        {"decisions": [{"approved": True}]},
        {"decisions": [{}]},
        [{"type": "accept"}, {"type": "accept"}],
        [{"type": "edit", "args": {"action": "x", "args": {}}}],
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


def _asked(kind: RequestKind, **update: Any) -> OpenRequest:
    request = samples.APPROVAL if kind is RequestKind.APPROVAL else samples.ESCALATION
    return request.model_copy(update=update)


def test_every_kind_answers_exactly_one_sort_of_request_when_offered() -> None:
    offered = [kind for kinds in ANSWERS.values() for kind in kinds]
    assert sorted(offered) == sorted(DecisionKind)
    assert set(ANSWERS[RequestKind.APPROVAL]) == {"approve", "deny"}


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("asked", RequestKind)
def test_answer_counts_only_when_it_answers_what_was_asked(
    asked: RequestKind, kind: DecisionKind
) -> None:
    answer = Answer(kind=kind, reason="Because.")
    if kind in ANSWERS[asked]:
        assert check_answer(answer, _asked(asked)).kind is kind
        return
    with pytest.raises(Invalid) as error:
        check_answer(answer, _asked(asked))
    assert ", ".join(ANSWERS[asked]) in error.value.advice


def test_answer_is_refused_when_the_request_allows_fewer() -> None:
    request = _asked(RequestKind.ESCALATION, allowed=(DecisionKind.ABORT,))
    with pytest.raises(Invalid):
        check_answer(Answer(kind=DecisionKind.RETRY), request)


@pytest.mark.parametrize("reason", [None, ""])
def test_skip_is_refused_when_it_has_no_reason(reason: str | None) -> None:
    with pytest.raises(Invalid) as error:
        check_answer(Answer(kind=DecisionKind.SKIP, reason=reason), samples.ESCALATION)
    assert error.value.field == "reason"


@pytest.mark.parametrize("kind", [DecisionKind.RETRY, DecisionKind.SKIP])
def test_answer_is_about_all_failed_systems_when_it_names_none(kind: DecisionKind) -> None:
    request = _asked(RequestKind.ESCALATION, systems=("github", "grants"))
    checked = check_answer(Answer(kind=kind, reason="x", digest="d"), request)
    assert checked == Answer(kind=kind, reason="x", digest="d", systems=("github", "grants"))


@pytest.mark.parametrize("kind", [DecisionKind.RETRY, DecisionKind.SKIP])
def test_answer_is_about_the_named_systems_when_they_failed(kind: DecisionKind) -> None:
    request = _asked(RequestKind.ESCALATION, systems=("github", "grants"))
    answer = Answer(kind=kind, reason="x", systems=("grants",))
    assert check_answer(answer, request).systems == ("grants",)


@pytest.mark.parametrize("systems", [("slack",), ("github", "slack"), ("GITHUB",)])
def test_answer_is_refused_when_it_names_other_systems(systems: tuple[str, ...]) -> None:
    answer = Answer(kind=DecisionKind.RETRY, systems=systems)
    with pytest.raises(Invalid) as error:
        check_answer(answer, samples.ESCALATION)
    assert error.value.field == "systems"
    assert "github" in error.value.advice


@pytest.mark.parametrize("kind", [DecisionKind.ABORT, DecisionKind.ROLLBACK])
def test_answer_is_refused_when_it_concerns_the_run_but_names_a_part(kind: DecisionKind) -> None:
    request = _asked(RequestKind.ESCALATION, systems=("github", "grants"))
    with pytest.raises(Invalid) as error:
        check_answer(Answer(kind=kind, systems=("github",)), request)
    assert error.value.field == "systems"


@pytest.mark.parametrize("kind", ANSWERS[RequestKind.ESCALATION])
def test_answer_stays_as_it_is_when_it_was_checked_before(kind: DecisionKind) -> None:
    request = _asked(RequestKind.ESCALATION, systems=("github", "grants"))
    once = check_answer(Answer(kind=kind, reason="x"), request)
    assert check_answer(once, request) == once


def test_approval_is_refused_when_it_names_systems() -> None:
    with pytest.raises(Invalid):
        check_answer(Answer(kind=DecisionKind.APPROVE, systems=("github",)), samples.APPROVAL)


def test_losers_are_told_who_won_when_a_decision_is_shown() -> None:
    assert samples.decision(DecisionKind.DENY).as_winner() == {
        "decision": "deny",
        "responder": "Robin",
        "door": "api",
        "decided_at": "2026-03-01T12:30:15.250000+00:00",
    }


@pytest.mark.parametrize("kind", DecisionKind)
def test_decision_survives_its_json_when_it_is_stored(kind: DecisionKind) -> None:
    decision = samples.decision(kind)
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


def test_decision_is_refused_when_it_has_an_unknown_field() -> None:
    with pytest.raises(ValidationError):
        Decision.model_validate(samples.decision(DecisionKind.DENY).model_dump() | {"edit": {}})
