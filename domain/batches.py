"""A batch: the launches of one sheet, and how far they have come."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.status import TERMINAL, RunStatus


class BatchState(StrEnum):
    """What is being done with the rows that are not launched yet."""

    CHECKED = "checked"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """A row without a run of this batch; every other row has the status of its run.

    `known`: its key had launched a run before; that one is left to whoever launched it.
    """

    READY = "ready"
    FAULTY = "faulty"
    KNOWN = "known"
    CANCELLED = "cancelled"
    LAUNCHED = "launched"


class Wish(StrEnum):
    """What somebody wants to be done to a run of a batch."""

    APPROVE = "approve"
    RETRY = "retry"
    CANCEL = "cancel"


class Batch(BaseModel):
    """One sheet. The same sheet again is the same batch."""

    model_config = ConfigDict(frozen=True)

    batch_id: str
    name: str
    state: BatchState
    size: int
    created_by: str
    created_at: datetime
    started_at: datetime | None


class Line(BaseModel):
    """A row of a batch; `status` is that of its run, or a `LineState`."""

    model_config = ConfigDict(frozen=True)

    line: int
    company_name: str
    status: str
    run_id: str | None = None
    field: str | None = None
    problem: str | None = None


class Progress(BaseModel):
    """How many rows have which status; `pace` and `expected_end` once there is one to tell."""

    model_config = ConfigDict(frozen=True)

    by_status: dict[str, int]
    done: int
    left: int
    per_minute: float | None = None
    expected_end: datetime | None = None


_ENDED = {status.value for status in TERMINAL}
_NEVER_MOVES = _ENDED | {LineState.FAULTY, LineState.KNOWN, LineState.CANCELLED}
WISHABLE: dict[Wish, tuple[RunStatus, ...]] = {
    Wish.APPROVE: (RunStatus.AWAITING_APPROVAL,),
    Wish.RETRY: (RunStatus.ESCALATED,),
    Wish.CANCEL: (
        RunStatus.QUEUED,
        RunStatus.PLANNING,
        RunStatus.NEEDS_CLARIFICATION,
        RunStatus.AWAITING_APPROVAL,
    ),
}
"""The runs that a wish is for. Only those are cancelled that have made nothing yet."""


def progress(by_status: Mapping[str, int], began: datetime | None, now: datetime) -> Progress:
    """The counts, and the pace of all runs that have ended since the batch was started."""
    done = sum(count for status, count in by_status.items() if status in _NEVER_MOVES)
    ended = sum(count for status, count in by_status.items() if status in _ENDED)
    left = sum(by_status.values()) - done
    found = Progress(by_status=dict(by_status), done=done, left=left)
    passed = (now - began).total_seconds() if began else 0.0
    if not ended or passed <= 0:
        return found
    pace = ended / passed
    end = now + timedelta(seconds=left / pace) if left else None
    return found.model_copy(update={"per_minute": round(pace * 60, 1), "expected_end": end})
