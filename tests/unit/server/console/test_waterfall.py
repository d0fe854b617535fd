"""Rows in which length is time, but for hours of waiting."""

from datetime import UTC, datetime, timedelta

from domain import events
from domain.events import RecordedEvent, WorkflowEvent
from domain.steps import StepResult, StepStatus
from server.console.waterfall import WIDTH, rows
from server.console.words import Tone

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(seconds: float, event: WorkflowEvent, seq: int = 1) -> RecordedEvent:
    return RecordedEvent(seq=seq, at=BEGIN + timedelta(seconds=seconds), actor="x", event=event)


def done(status: StepStatus = StepStatus.SUCCESS) -> events.StepFinished:
    return events.StepFinished(result=StepResult(system="slack", status=status, details="x"))


def test_nothing_has_happened_yet() -> None:
    assert rows([], BEGIN) == []


def test_a_step_is_a_bar_as_long_as_it_took() -> None:
    log = [
        at(0, events.PlanningStarted()),
        at(1, events.StepStarted(system="slack", attempt=1)),
        at(3, done()),
        at(4, events.ValidationStarted()),
    ]
    found = {row.title: row.bars for row in rows(log, BEGIN + timedelta(seconds=8))}
    (slack,) = found["Slack"]
    assert (slack.x, slack.width, slack.tone) == (WIDTH / 8, WIDTH / 4, Tone.GOOD)
    assert slack.said == "2.0 s" and not slack.open
    assert found["Check"][0].open and found["Check"][0].tone is Tone.BUSY


def test_a_failed_try_and_a_second_one_are_two_bars() -> None:
    log = [
        at(0, events.StepStarted(system="slack", attempt=1)),
        at(1, done(StepStatus.ERROR)),
        at(2, events.StepStarted(system="slack", attempt=2)),
        at(3, done()),
    ]
    (row,) = rows(log, BEGIN + timedelta(seconds=3))
    assert [bar.tone for bar in row.bars] == [Tone.BAD, Tone.GOOD]


def test_hours_of_waiting_leave_seconds_of_work_visible() -> None:
    request = {"request_id": "r", "kind": "approval", "allowed": ("approve",), "description": ""}
    decision = {"kind": "approve", "request_id": "r", "responder": "dana", "door": "api"}
    log = [
        at(0, events.PlanningStarted()),
        at(2, events.ApprovalRequested.model_validate({"request": request})),
        at(
            40_000,
            events.DecisionRecorded.model_validate({"decision": decision | {"decided_at": BEGIN}}),
        ),
        at(40_000, events.StepStarted(system="slack", attempt=1)),
        at(40_002, done()),
    ]
    found = {row.title: row.bars[0] for row in rows(log, BEGIN + timedelta(seconds=40_002))}
    assert found["Slack"].width > WIDTH / 3
    assert found["A person"].width < WIDTH / 3
    assert found["A person"].said == "11 h 6 min"
