"""Exit codes: what a script can rely on."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Each code with the words that --help shows."""

    SUCCEEDED = 0
    FAILED = 1
    WRONG_USE = 2
    WAITS = 3
    STOPPED = 4
    INCOMPLETE = 5
    UNREACHABLE = 6
    NOT_ALLOWED = 7
    INTERRUPTED = 130


MEANING = {
    Exit.SUCCEEDED: "succeeded",
    Exit.FAILED: "failed",
    Exit.WRONG_USE: "wrong use",
    Exit.WAITS: "waits for a decision",
    Exit.STOPPED: "denied, cancelled, rolled back or expired",
    Exit.INCOMPLETE: "finished with some systems missing",
    Exit.UNREACHABLE: "server not reachable",
    Exit.NOT_ALLOWED: "not allowed",
    Exit.INTERRUPTED: "interrupted",
}

HELP = "Exit codes: " + " · ".join(f"{code.value} {MEANING[code]}" for code in Exit)

_WAITING = ("awaiting_approval", "escalated", "needs_clarification", "paused")
_STOPPED = ("denied", "cancelled", "expired", "rolled_back")


def of_run(run: dict[str, Any]) -> Exit:
    """The code for a run as it is now; one that is under way has succeeded so far."""
    status = run["status"]
    if status in _WAITING:
        return Exit.WAITS
    if status in _STOPPED:
        return Exit.STOPPED
    if status == "failed":
        return Exit.FAILED
    if status == "completed" and run["report"] and run["report"]["missing"]:
        return Exit.INCOMPLETE
    return Exit.SUCCEEDED


def of_undoing(run: dict[str, Any]) -> Exit:
    """The code for a run that was to be undone: it has succeeded once nothing of it is left."""
    return Exit.SUCCEEDED if run["status"] in ("rolled_back", "cancelled") else of_run(run)
