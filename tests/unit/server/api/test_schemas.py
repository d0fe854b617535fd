"""Bodies of moves, in all their dialects."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.decisions import Answer, DecisionKind
from domain.errors import Invalid, NotFound
from server.api.schemas import ApprovalWebhook, CancelBody, ResumeBody, SkipBody, known_form

RUN_ID = "run_" + "0" * 22


def answer(body: dict[str, Any]) -> Answer | None:
    return ResumeBody.model_validate(body).answer()


@pytest.mark.parametrize("body", [{}, {"responder": "dana"}])
def test_nothing_is_decided_when_the_body_says_nothing(body: dict[str, Any]) -> None:
    assert answer(body) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"approved": True}, DecisionKind.APPROVE),
        ({"approved": False}, DecisionKind.DENY),
        ({"decision": "retry"}, DecisionKind.RETRY),
        ({"decision": "reject"}, DecisionKind.DENY),
        ({"decisions": [{"type": "approve"}]}, DecisionKind.APPROVE),
        ({"decisions": [{"type": "reject", "message": "no"}]}, DecisionKind.DENY),
    ],
)
def test_answer_is_read_when_it_comes_in_any_dialect(
    body: dict[str, Any], kind: DecisionKind
) -> None:
    said = answer(body)
    assert said is not None
    assert said.kind is kind


@pytest.mark.parametrize("said", [{"approved": True}, {"decisions": [{"type": "approve"}]}])
def test_answer_is_bound_to_a_plan_when_a_digest_comes_with_it(said: dict[str, Any]) -> None:
    bound = answer(said | {"digest": "d" * 64, "reason": "Looked at it", "systems": ["slack"]})
    assert bound is not None
    assert (bound.digest, bound.reason, bound.systems) == ("d" * 64, "Looked at it", ("slack",))


@pytest.mark.parametrize(
    "body",
    [
        {"approved": "true"},
        {"approved": 1},
        {"approved": "yes"},
        {"decision": 1},
        {"decisions": "approve"},
        {"decisions": ["approve"]},
        {"unknown": 1},
        {"systems": "slack", "decision": "skip"},
    ],
)
def test_body_is_refused_when_a_type_would_have_to_be_guessed(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ResumeBody.model_validate(body)


@pytest.mark.parametrize(
    "body",
    [
        {"approved": None},
        {"decision": "maybe"},
        {"reason": "only a reason"},
        {"digest": "d"},
        {"decisions": []},
        {"decisions": [{"type": "approve"}, {"type": "reject"}]},
        {"decisions": [{"type": "edit"}]},
        {"approved": True, "decision": "deny"},
    ],
)
def test_answer_is_invalid_when_it_is_not_one(body: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        answer(body)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "\u200b", "x" * 201])
def test_responder_is_invalid_when_it_is_no_name(name: str) -> None:
    with pytest.raises(Invalid):
        ResumeBody.model_validate({"responder": name})


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "x" * 2_001])
def test_reason_is_invalid_when_it_says_nothing_readable(reason: str) -> None:
    with pytest.raises(Invalid):
        SkipBody.model_validate({"reason": reason})


def test_skip_is_refused_when_no_reason_is_given() -> None:
    with pytest.raises(ValidationError):
        SkipBody.model_validate({})


@pytest.mark.parametrize("body", [{"rollback": "true"}, {"rollback": 1}, {"roll_back": True}])
def test_cancel_is_refused_when_its_fields_are_guessed(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CancelBody.model_validate(body)


@pytest.mark.parametrize("missing", ["run_id", "approved", "responder"])
def test_webhook_is_refused_when_a_field_is_missing(missing: str) -> None:
    body = {"run_id": RUN_ID, "approved": True, "responder": "dana"}
    del body[missing]
    with pytest.raises(ValidationError):
        ApprovalWebhook.model_validate(body)


@pytest.mark.parametrize(
    "run_id",
    ["", "run_", "run_" + "0" * 21, "run_" + "0" * 23, "run_" + "A" * 22, RUN_ID + "\n", "\x00"],
)
def test_run_is_not_found_when_its_id_has_another_form(run_id: str) -> None:
    with pytest.raises(NotFound):
        known_form(run_id)
