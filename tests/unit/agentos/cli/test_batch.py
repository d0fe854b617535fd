"""What a person is told to do next about a batch."""

from typing import Any

import pytest

from agentos.cli.batch import next_steps

START, APPROVE, RETRY, FOLLOW, RESULTS = "start", "approve", "retry", "show", "results"


def _batch(state: str, **by_status: int) -> dict[str, Any]:
    size = sum(by_status.values())
    done = sum(by_status.get(each, 0) for each in ("completed", "faulty", "failed"))
    return {
        "batch_id": "batch_1",
        "state": state,
        "by_status": by_status,
        "size": size,
        "done": done,
        "marked": 0,
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
        (_batch("launching", completed=2, faulty=1), [RESULTS]),
    ],
)
def test_the_commands_that_lead_on_are_named(batch: dict[str, Any], commands: list[str]) -> None:
    told = "\n".join(next_steps(batch))
    found = [line.split()[2] for line in told.splitlines() if line.startswith("  agentos batch ")]
    assert found == commands
    assert ("Correct the faulty" in told) is ("faulty" in batch["by_status"])
