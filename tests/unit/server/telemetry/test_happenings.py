"""One line for every event: facts of ours only."""

import json
import logging
from typing import Any

import pytest

from domain.decisions import DecisionKind
from domain.events import DecisionRecorded, RecordedEvent, WorkflowEvent
from server.telemetry.happenings import EVENT_LOG, happened, line
from server.telemetry.metrics import REGISTRY
from tests.unit.domain import samples


def told(event: WorkflowEvent) -> dict[str, Any]:
    recorded = RecordedEvent(seq=7, at=samples.NOW, actor="dana@example.com", event=event)
    found: dict[str, Any] = json.loads(line("run_1", recorded))
    return found


@pytest.mark.parametrize("event", samples.EVENTS.values(), ids=samples.EVENTS)
def test_line_says_which_run_and_event_and_holds_no_text(event: WorkflowEvent) -> None:
    facts = told(event)
    first = {"at": samples.NOW.isoformat(), "run_id": "run_1", "seq": 7, "type": event.type}
    assert first.items() <= facts.items()
    rest = [value for name, value in facts.items() if name not in first]
    assert all(" " not in str(value) and "@" not in str(value) for value in rest), rest


def test_line_has_the_facts_of_a_step_and_of_a_decision() -> None:
    step = told(samples.EVENTS["step_finished"])
    assert {"system": "slack", "status": "success", "attempt": 1}.items() <= step.items()
    decided = DecisionRecorded(decision=samples.decision(DecisionKind.APPROVE))
    assert told(decided)["kind"] == "approve"


def test_event_is_counted_and_written_when_somebody_listens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    event = samples.EVENTS["step_finished"]
    recorded = RecordedEvent(seq=7, at=samples.NOW, actor="dana", event=event)
    step = {"system": "slack", "status": "success", "error_code": ""}

    def counts() -> tuple[float, float]:
        events = REGISTRY.get_sample_value("agentos_events_total", {"type": "step_finished"})
        return events or 0.0, REGISTRY.get_sample_value("agentos_steps_total", step) or 0.0

    before = counts()
    happened("run_1", recorded)
    assert caplog.messages == []
    with caplog.at_level(logging.INFO, EVENT_LOG.name):
        happened("run_1", recorded)
    assert caplog.messages == [line("run_1", recorded)]
    assert counts() == (before[0] + 2, before[1] + 2)
