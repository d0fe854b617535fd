"""How a run stands in each system, in one word."""

from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.outcomes import Outcome, counted, outcomes, written
from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import StepResult, StepStatus
from tests.unit.domain.samples import run_after

WAITED = {"error_code": ErrorCode.TIMEOUT, "retryable": True}


def run(status: RunStatus, step: StepStatus | None, **more: Any) -> RunState:
    result = step and StepResult(system="slack", status=step, details="", **more)
    steps = {"slack": result} if result else {}
    return run_after().model_copy(update={"status": status, "systems": ("slack",), "steps": steps})


@pytest.mark.parametrize(
    ("status", "step", "more", "word"),
    [
        (RunStatus.AWAITING_APPROVAL, None, {}, Outcome.WAITING),
        (RunStatus.DENIED, None, {}, Outcome.STOPPED),
        (RunStatus.VALIDATING, StepStatus.SUCCESS, {}, Outcome.DONE),
        (RunStatus.COMPLETED, StepStatus.PENDING, {}, Outcome.DONE),
        (RunStatus.COMPLETED, StepStatus.SKIPPED, {}, Outcome.STOPPED),
        (RunStatus.ROLLED_BACK, StepStatus.SUCCESS, {}, Outcome.STOPPED),
        (RunStatus.PROVISIONING, StepStatus.ERROR, WAITED, Outcome.WAITING),
        (RunStatus.ESCALATED, StepStatus.ERROR, WAITED, Outcome.FAILED),
        (RunStatus.FAILED, StepStatus.ERROR, WAITED, Outcome.FAILED),
        (RunStatus.PROVISIONING, StepStatus.FAIL, {"error_code": ErrorCode.AUTH}, Outcome.FAILED),
    ],
)
def test_a_system_is_told_in_one_word(
    status: RunStatus, step: StepStatus | None, more: dict[str, Any], word: Outcome
) -> None:
    assert outcomes(run(status, step, **more)) == {"slack": word}


def test_many_runs_are_counted_by_what_was_written_of_each() -> None:
    one = written({"slack": Outcome.DONE, "github": Outcome.FAILED})
    other = written({"slack": Outcome.DONE})
    found = counted([(one, 2), (other, 3), ("", 1)])
    assert found["slack"] == {**dict.fromkeys(Outcome, 0), Outcome.DONE: 5}
    assert found["github"] == {**dict.fromkeys(Outcome, 0), Outcome.FAILED: 2}
