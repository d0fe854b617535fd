"""The table of moves against the model in plain words, pair by pair."""

from typing import Any, get_args

import pytest

from domain.decisions import DecisionKind
from domain.errors import IllegalMove
from domain.events import WorkflowEvent
from domain.status import ACTIVE, PARKED, TERMINAL, WORKING, RunStatus
from domain.transitions import DECISIONS, MOVES, next_status
from tests.unit.domain import model, samples

TYPES = {kind.model_fields["type"].default for kind in get_args(get_args(WorkflowEvent)[0])}
PAIRS = [(status, word) for status in RunStatus for word in model.WORDS]


def test_every_event_has_a_place_when_the_table_is_read() -> None:
    assert set(MOVES) | {"run_launched", "run_resumed", "decision_recorded"} == TYPES


def test_every_decision_leads_somewhere_when_the_table_is_read() -> None:
    assert set(DECISIONS) == set(DecisionKind)
    assert all(DECISIONS[kind] for kind in DecisionKind)
    assert all(MOVES[word] for word in MOVES)


def test_model_knows_every_word_and_status_when_it_judges() -> None:
    decisions = {kind.value for kind in DecisionKind}
    assert set(model.WORDS) == (TYPES - {"decision_recorded"}) | decisions
    assert set(samples.EVENTS) == set(model.WORDS)
    assert set(model.MOVES) == {status.value for status in RunStatus}


@pytest.mark.parametrize(("status", "word"), PAIRS)
def test_move_is_taken_only_when_the_model_permits_it(status: RunStatus, word: str) -> None:
    was = RunStatus.VALIDATING if status is RunStatus.PAUSED else None
    target = model.MOVES[status].get(word)
    if target is None:
        with pytest.raises(IllegalMove):
            next_status(status, samples.EVENTS[word], was=was)
        return
    expected = was if target == "was" else target
    assert next_status(status, samples.EVENTS[word], was=was) == expected


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_nothing_happens_when_a_run_has_ended(status: RunStatus) -> None:
    """But that what a completed one has made may be looked at again."""
    for event in samples.EVENTS.values():
        if (status, event.type) == (RunStatus.COMPLETED, "run_verified"):
            continue
        with pytest.raises(IllegalMove) as error:
            next_status(status, event, was=RunStatus.PLANNING)
        assert "never changes" in error.value.advice


@pytest.mark.parametrize("word", model.WORDS)
def test_run_begins_only_when_it_is_launched(word: str) -> None:
    if word == "run_launched":
        assert next_status(None, samples.EVENTS[word]) is RunStatus.QUEUED
        return
    with pytest.raises(IllegalMove, match="not launched"):
        next_status(None, samples.EVENTS[word])


@pytest.mark.parametrize("was", sorted(ACTIVE - {RunStatus.PAUSED}))
def test_run_returns_to_what_it_was_when_it_is_resumed(was: RunStatus) -> None:
    assert next_status(RunStatus.PAUSED, samples.EVENTS["run_resumed"], was=was) is was


def test_resume_is_refused_when_nobody_knows_what_the_run_was() -> None:
    with pytest.raises(IllegalMove):
        next_status(RunStatus.PAUSED, samples.EVENTS["run_resumed"])


@pytest.mark.parametrize("word", ["approve", "step_started", "pause_requested"])
def test_advice_is_to_resume_when_the_run_is_paused(word: str) -> None:
    with pytest.raises(IllegalMove) as error:
        next_status(RunStatus.PAUSED, samples.EVENTS[word], was=RunStatus.PROVISIONING)
    assert error.value.advice == "Resume the run first."


def test_refusal_names_status_and_event_when_a_move_is_illegal() -> None:
    with pytest.raises(IllegalMove) as error:
        next_status(RunStatus.QUEUED, samples.EVENTS["approve"])
    assert error.value.message == "A run that is queued does not take 'decision_recorded'."
    assert error.value.advice == IllegalMove.advice


def test_table_cannot_be_changed_when_somebody_tries() -> None:
    table: Any = MOVES
    with pytest.raises(TypeError):
        table["run_launched"] = {}


def test_statuses_are_parted_without_rest_when_grouped() -> None:
    assert set(RunStatus) == ACTIVE | TERMINAL
    assert not ACTIVE & TERMINAL
    assert WORKING | PARKED == ACTIVE
    assert not WORKING & PARKED
    assert set(model.ENDS) == TERMINAL
    assert {"awaiting_approval", "escalated", "paused", "needs_clarification"} == PARKED
