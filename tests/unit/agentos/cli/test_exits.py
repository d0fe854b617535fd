"""The exit code of a run is how it stands."""

import pytest

from agentos.cli.exits import Exit, of_run, of_undoing
from domain.status import TERMINAL, RunStatus

CODES = {
    RunStatus.COMPLETED: Exit.SUCCEEDED,
    RunStatus.FAILED: Exit.FAILED,
    RunStatus.AWAITING_APPROVAL: Exit.WAITS,
    RunStatus.ESCALATED: Exit.WAITS,
    RunStatus.NEEDS_CLARIFICATION: Exit.WAITS,
    RunStatus.PAUSED: Exit.WAITS,
    RunStatus.DENIED: Exit.STOPPED,
    RunStatus.CANCELLED: Exit.STOPPED,
    RunStatus.EXPIRED: Exit.STOPPED,
    RunStatus.ROLLED_BACK: Exit.STOPPED,
}


@pytest.mark.parametrize("status", RunStatus)
def test_the_code_tells_the_status(status: RunStatus) -> None:
    assert of_run({"status": status.value, "report": None}) == CODES.get(status, Exit.SUCCEEDED)


@pytest.mark.parametrize("status", RunStatus)
def test_undoing_has_succeeded_when_nothing_is_left(status: RunStatus) -> None:
    run = {"status": status.value, "report": None}
    undone = status in (RunStatus.ROLLED_BACK, RunStatus.CANCELLED)
    assert of_undoing(run) == (Exit.SUCCEEDED if undone else of_run(run))


def test_every_status_that_ends_a_run_has_a_code_of_its_own_choice() -> None:
    assert set(TERMINAL) <= set(CODES)


@pytest.mark.parametrize(
    ("missing", "code"), [([], Exit.SUCCEEDED), (["newsletter"], Exit.INCOMPLETE)]
)
def test_a_completed_run_without_some_systems_is_incomplete(missing: list[str], code: Exit) -> None:
    assert of_run({"status": "completed", "report": {"missing": missing}}) == code
