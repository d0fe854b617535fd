"""A run is the fold of its events."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from domain.decisions import ANSWERS, DecisionKind, RequestKind
from domain.errors import IllegalMove
from domain.events import (
    CancelRequested,
    ChangeApplied,
    RecordedEvent,
    RunCancelled,
    RunFailed,
    StepFinished,
    StepStarted,
    StepUndone,
    WorkflowEvent,
)
from domain.progress import Failure, Progress
from domain.runs import RunState, reduce
from domain.status import RunStatus
from domain.steps import Resource
from tests.unit.domain import samples, strategies
from tests.unit.domain.samples import (
    DONE,
    TO_APPROVAL,
    TO_COMPLETION,
    TO_ESCALATION,
    TO_QUESTION,
    TO_WORK,
    run_after,
)

BOOKKEEPING = {"status", "version", "updated_at"}


def _next(run: RunState, event: WorkflowEvent) -> RunState:
    return run.apply(
        RecordedEvent(seq=run.version + 1, at=samples.NOW, actor="worker:1", event=event)
    )


def _changed(before: RunState, after: RunState) -> set[str]:
    names = type(before).model_fields
    return {n for n in names if getattr(before, n) != getattr(after, n)} - BOOKKEEPING


def test_run_is_queued_when_it_is_launched() -> None:
    run = run_after()
    assert (run.run_id, run.status, run.version) == ("run_1", RunStatus.QUEUED, 1)
    assert (run.company, run.systems) == (samples.COMPANY, samples.SYSTEMS)
    assert (run.request, run.launched_by) == (samples.REQUEST, "api:robin")
    assert (run.created_at, run.updated_at) == (samples.NOW, samples.NOW)
    assert not run.ended


def test_run_does_not_begin_when_its_first_event_is_no_launch() -> None:
    (_, started) = samples.record("planning_started")
    with pytest.raises(TypeError):
        reduce("run_1", [started])


QUIET = {
    "planning_started": (),
    "validation_started": TO_WORK,
    "reporting_started": (*TO_WORK, "validation_started"),
    "rollback_started": TO_WORK,
}


@pytest.mark.parametrize("word", QUIET)
def test_only_the_status_changes_when_the_event_is_a_milestone(word: str) -> None:
    assert _changed(run_after(*QUIET[word]), run_after(*QUIET[word], word)) == set()


def test_version_and_time_are_those_of_the_last_event_when_it_is_applied() -> None:
    log = samples.record("planning_started")
    last = log[-1].model_copy(update={"at": datetime(2027, 1, 1, tzinfo=UTC)})
    run = run_after().apply(last)
    assert (run.version, run.updated_at, run.created_at) == (2, last.at, samples.NOW)


def test_plan_is_kept_when_it_is_proposed() -> None:
    run = run_after("planning_started", "plan_proposed")
    assert run.plan == samples.PLAN
    assert run.status is RunStatus.PLANNING


def test_question_is_open_when_approval_is_requested() -> None:
    run = run_after(*TO_APPROVAL)
    assert run.open_request == samples.APPROVAL
    assert run.status is RunStatus.AWAITING_APPROVAL


def test_question_is_open_when_a_failure_is_escalated() -> None:
    assert run_after(*TO_ESCALATION).open_request == samples.ESCALATION


@pytest.mark.parametrize("kind", DecisionKind)
def test_question_is_closed_when_it_is_decided(kind: DecisionKind) -> None:
    path = TO_ESCALATION if kind in ANSWERS[RequestKind.ESCALATION] else TO_APPROVAL
    path = TO_QUESTION if kind is DecisionKind.ANSWER else path
    before, after = run_after(*path), run_after(*path, kind)
    assert after.open_request is None
    assert after.decisions == (*before.decisions, samples.decision(kind))


def test_run_has_failed_when_a_person_aborts_it() -> None:
    run = run_after(*TO_ESCALATION, "abort")
    assert run.status is RunStatus.FAILED
    assert run.failure == Failure(
        code="aborted", message="Robin stopped the run; what was made stays."
    )


@pytest.mark.parametrize("kind", ["approve", "retry", "skip", "rollback"])
def test_run_has_not_failed_when_a_person_goes_on(kind: str) -> None:
    path = TO_APPROVAL if kind == "approve" else TO_ESCALATION
    assert run_after(*path, kind).failure is None


def test_decision_is_refused_when_the_run_is_paused() -> None:
    with pytest.raises(IllegalMove):
        run_after(*TO_APPROVAL, "run_paused", "approve")


def test_progress_counts_the_attempt_when_a_step_starts() -> None:
    run = _next(run_after(*TO_WORK), StepStarted(system="slack", attempt=3))
    assert run.progress == {"slack": Progress(attempt=3)}


def test_old_result_is_gone_when_its_step_starts_again() -> None:
    run = run_after(*TO_WORK, "change_applied", "step_finished")
    run = _next(run, StepFinished(result=samples.FAIL))
    again = _next(run, StepStarted(system="slack", attempt=2))
    assert again.steps == {"github": samples.FAIL}
    assert again.progress["slack"].applied == run.progress["slack"].applied != {}


def test_progress_grows_when_changes_are_applied() -> None:
    other = Resource(kind="topic", id="T1")
    run = run_after(*TO_WORK, "step_started", "change_applied")
    run = _next(run, ChangeApplied(system="slack", key="k", summary="s", resource=other))
    run = _next(run, ChangeApplied(system="grants", key="k", summary="s", resource=other))
    assert run.progress == {
        "slack": Progress(attempt=1, applied={samples.CHANGE.key: samples.RESOURCE, "k": other}),
        "grants": Progress(applied={"k": other}),
    }


def test_newer_result_wins_when_a_step_finishes_twice() -> None:
    again = samples.SUCCESS.model_copy(update={"attempt": 2})
    run = _next(run_after(*TO_WORK, "step_finished"), StepFinished(result=again))
    assert run.steps == {"slack": again}


def test_rollback_is_told_line_by_line_when_steps_are_undone() -> None:
    run = run_after(*TO_WORK, "rollback_started", "step_undone")
    run = _next(run, StepUndone(system="github", undone=("team deleted",)))
    assert run.undone == ("channel archived", "team deleted")
    assert run.leftovers == ("invitation sent",)


@pytest.mark.parametrize("path", [TO_APPROVAL, TO_ESCALATION])
def test_question_is_closed_when_a_rollback_starts(path: tuple[str, ...]) -> None:
    run = run_after(*path, "rollback_started")
    assert run.status is RunStatus.ROLLING_BACK
    assert run.open_request is None


def test_pause_is_forgotten_when_a_rollback_starts() -> None:
    run = run_after(*TO_ESCALATION, "run_paused", "rollback_started")
    assert (run.status, run.was, run.open_request) == (RunStatus.ROLLING_BACK, None, None)


def test_pause_is_wanted_until_it_is_reached() -> None:
    wanted = run_after(*TO_WORK, "pause_requested")
    assert (wanted.status, wanted.pause_requested) == (RunStatus.PROVISIONING, True)
    paused = run_after(*TO_WORK, "pause_requested", "run_paused")
    assert (paused.status, paused.was) == (RunStatus.PAUSED, RunStatus.PROVISIONING)
    assert not paused.pause_requested


@pytest.mark.parametrize("path", [(), TO_APPROVAL, TO_WORK, TO_ESCALATION])
def test_nothing_is_lost_when_a_run_is_paused_and_resumed(path: tuple[str, ...]) -> None:
    before, after = run_after(*path), run_after(*path, "run_paused", "run_resumed")
    assert after.status is before.status
    assert _changed(before, after) == set()


def test_cancel_is_remembered_until_it_is_carried_out() -> None:
    run = run_after(*TO_WORK, "cancel_requested")
    assert run.cancel_requested == CancelRequested(rollback=True, reason="Too early.")
    assert run.cancel_pending
    assert not run_after(*TO_WORK, "cancel_requested", "rollback_started").cancel_pending
    assert not run_after(*TO_WORK).cancel_pending


@pytest.mark.parametrize("later", ["escalation_requested", "run_paused"])
def test_cancel_is_not_carried_out_again_when_its_rollback_is_held_up(later: str) -> None:
    run = run_after(*TO_WORK, "cancel_requested", "rollback_started", later)
    assert not run.cancel_pending


def test_reason_is_kept_when_a_run_is_cancelled() -> None:
    run = run_after(*TO_WORK, "run_cancelled")
    assert run.status is RunStatus.CANCELLED
    assert run.failure == Failure(code="cancelled", message="Too early.")
    assert _next(run_after(), RunCancelled()).failure == Failure(
        code="cancelled", message="Cancelled."
    )


def test_failure_is_told_when_a_run_fails() -> None:
    run = run_after(*TO_WORK, "run_failed")
    assert run.status is RunStatus.FAILED
    assert run.failure == Failure(code="internal", message="A defect.")


def test_report_is_the_events_when_it_brings_one() -> None:
    assert run_after(*TO_COMPLETION).report == samples.REPORT
    assert run_after(*TO_WORK, "rollback_started", "run_rolled_back").report == samples.REPORT
    failed = RunFailed(code="x", message="y", report=samples.REPORT)
    assert _next(run_after(*TO_WORK), failed).report == samples.REPORT


@pytest.mark.parametrize("word", ["run_failed", "run_cancelled"])
def test_report_is_rendered_from_the_steps_when_the_end_brings_none(word: str) -> None:
    report = run_after(*TO_WORK, "step_finished", word).report
    assert report is not None
    assert report.headline == "Acme Corp is onboarded into 1 of 2 systems. Missing: github."


@pytest.mark.parametrize(
    "steps",
    [
        (),
        DONE[:1],
        (*DONE, "step_started"),
        (DONE[0], StepFinished(result=samples.FAIL)),
        (DONE[1], StepFinished(result=samples.SUCCESS.model_copy(update={"error_code": "PAUSED"}))),
    ],
)
def test_run_is_not_completed_while_a_system_is_neither_done_nor_waived(
    steps: tuple[str | StepFinished, ...],
) -> None:
    run = run_after(*TO_WORK, *steps, "validation_started", "reporting_started")
    assert run.unsettled
    with pytest.raises(IllegalMove) as refused:
        run.apply(samples.record("run_completed")[-1])
    assert run.unsettled[0] in refused.value.message


ENDINGS: dict[str, tuple[str | StepFinished, ...]] = {
    "completed": TO_COMPLETION,
    "denied": (*TO_APPROVAL, "deny"),
    "aborted": (*TO_ESCALATION, "abort"),
    "failed while escalated": (*TO_ESCALATION, "run_failed"),
    "cancelled while paused": (*TO_APPROVAL, "run_paused", "cancel_requested", "run_cancelled"),
    "rolled back": (*TO_ESCALATION, "cancel_requested", "rollback_started", "run_rolled_back"),
    "pause outrun": (*TO_WORK, "pause_requested", "run_failed"),
}


@pytest.mark.parametrize("path", ENDINGS.values(), ids=ENDINGS.keys())
def test_nothing_is_open_when_a_run_has_ended(path: tuple[str | StepFinished, ...]) -> None:
    run = run_after(*path)
    assert run.ended
    assert (run.open_request, run.was, run.cancel_requested) == (None, None, None)
    assert not run.pause_requested
    assert not run.cancel_pending
    assert run.report is not None


@pytest.mark.parametrize("path", ENDINGS.values(), ids=ENDINGS.keys())
def test_run_survives_its_json_when_it_is_stored(path: tuple[str | StepFinished, ...]) -> None:
    run = run_after(*path)
    assert RunState.model_validate_json(run.model_dump_json()) == run
    assert RunState.model_validate(run.model_dump(mode="json")) == run


def test_earlier_rows_stay_as_they_were_when_events_follow() -> None:
    row = run_after(*TO_WORK, "step_started", "change_applied", "step_finished")
    before = row.model_dump_json()
    for word in ("step_started", "change_applied", "step_finished", "run_paused"):
        row.apply(samples.record(word)[-1])
    assert row.model_dump_json() == before


@given(strategies.launches)
def test_fold_is_the_same_when_it_is_repeated(launch: Any) -> None:
    first = RecordedEvent(seq=1, at=samples.NOW, actor="a", event=launch)
    log = [first, *samples.record(*TO_WORK, "step_finished")[1:]]
    assert reduce("run_1", log) == reduce("run_1", iter(log))
