"""Which answer counts for which request."""

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
)
from domain.edits import PlanEdit
from domain.errors import Invalid
from tests.unit.domain import samples


def _asked(kind: RequestKind, **update: Any) -> OpenRequest:
    requests = (samples.APPROVAL, samples.ESCALATION, samples.CLARIFICATION)
    return next(each for each in requests if each.kind is kind).model_copy(update=update)


def _answer(kind: DecisionKind, **more: Any) -> Answer:
    edit = PlanEdit(slug="acme") if kind is DecisionKind.EDIT else None
    text = "Globex" if kind is DecisionKind.ANSWER else None
    return Answer(kind=kind, edit=edit, text=text, **more)


@pytest.mark.parametrize("kind", sorted(set(DecisionKind) - {DecisionKind.EXPIRE}))
def test_answer_is_refused_when_it_edits_and_does_not_say_so_or_says_so_and_does_not(
    kind: DecisionKind,
) -> None:
    answer = _answer(kind, reason="Because.")
    wrong = answer.model_copy(update={"edit": None if answer.edit else PlanEdit(slug="acme")})
    asked = next(each for each in ANSWERS if kind in ANSWERS[each])
    with pytest.raises(Invalid) as error:
        check_answer(wrong, _asked(asked))
    assert error.value.field == "edit"


def test_every_kind_answers_exactly_one_sort_of_request_when_offered() -> None:
    offered = [kind for kinds in ANSWERS.values() for kind in kinds]
    assert sorted(offered) == sorted(set(DecisionKind) - {DecisionKind.EXPIRE})
    assert set(ANSWERS[RequestKind.APPROVAL]) == {"approve", "deny", "edit"}


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("asked", RequestKind)
def test_answer_counts_only_when_it_answers_what_was_asked(
    asked: RequestKind, kind: DecisionKind
) -> None:
    answer = _answer(kind, reason="Because.")
    if kind in ANSWERS[asked]:
        assert check_answer(answer, _asked(asked)).kind is kind
        return
    with pytest.raises(Invalid) as error:
        check_answer(answer, _asked(asked))
    assert ", ".join(ANSWERS[asked]) in error.value.advice


def test_words_answer_a_question_and_deny_a_plan_when_a_tool_cannot_tell_them_apart() -> None:
    words = Answer(kind=DecisionKind.DENY, reason="Globex", text="Globex")
    answer = check_answer(words, samples.CLARIFICATION)
    assert (answer.kind, answer.text) == (DecisionKind.ANSWER, "Globex")
    denial = check_answer(words, samples.APPROVAL)
    assert (denial.kind, denial.reason, denial.text) == (DecisionKind.DENY, "Globex", None)


def test_answer_is_refused_when_it_says_nothing_or_answers_no_question() -> None:
    for answer, request in (
        (Answer(kind=DecisionKind.ANSWER), samples.CLARIFICATION),
        (Answer(kind=DecisionKind.APPROVE, text="Globex"), samples.APPROVAL),
    ):
        with pytest.raises(Invalid) as error:
            check_answer(answer, request)
        assert error.value.field == "answer"


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


def test_approval_is_of_the_named_systems_when_they_are_in_the_plan() -> None:
    request = _asked(RequestKind.APPROVAL, systems=("github", "grants"))
    answer = Answer(kind=DecisionKind.APPROVE, systems=("grants",))
    assert check_answer(answer, request).systems == ("grants",)
    with pytest.raises(Invalid):
        check_answer(answer.model_copy(update={"systems": ("slack",)}), request)


def test_plan_is_denied_as_a_whole() -> None:
    request = _asked(RequestKind.APPROVAL, systems=("github", "grants"))
    with pytest.raises(Invalid):
        check_answer(Answer(kind=DecisionKind.DENY, systems=("grants",)), request)


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
        Decision.model_validate(samples.decision(DecisionKind.DENY).model_dump() | {"edits": {}})
