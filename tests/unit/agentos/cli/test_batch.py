"""What a person is told to do next about a batch."""

from typing import Any

import pytest

from agentos.cli.batch import next_steps
from agentos.cli.sheets import progress

START, APPROVE, RETRY, FOLLOW, RESULTS = "start", "approve", "retry", "show", "results"


def _batch(state: str, marked: int = 0, **by_status: int) -> dict[str, Any]:
    size = sum(by_status.values())
    done = sum(by_status.get(each, 0) for each in ("completed", "faulty", "failed"))
    return {
        "batch_id": "batch_1",
        "state": state,
        "by_status": by_status,
        "size": size,
        "done": done,
        "marked": marked,
        "approvable": "digest" if by_status.get("awaiting_approval") else None,
    }


@pytest.mark.parametrize(
    ("batch", "commands"),
    [
        (_batch("checked", ready=3, faulty=1), [START]),
        (_batch("launching", ready=3, planning=2), [FOLLOW]),
        (_batch("paused", ready=3, completed=2), [START]),
        (_batch("launching", awaiting_approval=2, faulty=1), [APPROVE]),
        (_batch("launching", provisioning=1, awaiting_approval=2), [APPROVE, FOLLOW]),
        (_batch("launching", escalated=1, completed=2), [RETRY]),
        (_batch("launching", 2, awaiting_approval=2, escalated=1), [FOLLOW]),
        (_batch("launching", completed=2, faulty=1), [RESULTS]),
    ],
)
def test_the_commands_that_lead_on_are_named(batch: dict[str, Any], commands: list[str]) -> None:
    told = "\n".join(next_steps(batch))
    found = [line.split()[2] for line in told.splitlines() if line.startswith("  agentos batch ")]
    assert found == commands
    assert ("Correct the faulty" in told) is ("faulty" in batch["by_status"])


def test_a_faulty_row_is_not_counted_as_done() -> None:
    batch = _batch("checked", ready=1, faulty=1) | {"left": 1, "per_minute": None}
    assert progress(batch).plain == "batch_1 checked: 0 of 2 done · faulty 1 · ready 1"
