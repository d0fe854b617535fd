"""A run that waits for a system, or for nothing any more."""

from datetime import timedelta

import pytest

from domain.errors import IllegalMove
from domain.events import RecordedEvent, StepStarted
from tests.unit.domain.samples import TO_WORK, run_after


def test_run_waits_until_the_system_may_be_asked_again() -> None:
    run = run_after(*TO_WORK, "validation_started", "retry_scheduled")
    assert run.waits_until == run.updated_at + timedelta(seconds=0.5)
    event = StepStarted(system="github", attempt=2)
    started = RecordedEvent(seq=run.version + 1, at=run.updated_at, actor="worker:1", event=event)
    assert run.apply(started).waits_until is None
    assert (
        run_after(*TO_WORK, "validation_started", "retry_scheduled", "rollback_started").waits_until
        is None
    )


def test_run_is_not_launched_again_when_it_exists() -> None:
    with pytest.raises(IllegalMove):
        run_after("run_launched")
