"""The words of the console: each state is spelt in one place, and so is its colour."""

from enum import StrEnum
from typing import NamedTuple

from domain.codes import ErrorCode
from domain.companies import UNNAMED
from domain.decisions import DecisionKind
from domain.plans import ChangeKind, Undo
from domain.runs import RunState
from domain.sightings import Circuit
from domain.status import RunStatus

MAX_CALLED = 60


class Tone(StrEnum):
    """What a state means to whoever looks: it chooses the colour and the lamp."""

    QUIET = "quiet"
    BUSY = "busy"
    WAITS = "waits"
    GOOD = "good"
    BAD = "bad"


class Label(NamedTuple):
    """A state in words."""

    word: str
    tone: Tone


STATUS: dict[RunStatus, Label] = {
    RunStatus.QUEUED: Label("Queued", Tone.QUIET),
    RunStatus.PLANNING: Label("Planning", Tone.BUSY),
    RunStatus.NEEDS_CLARIFICATION: Label("Needs an answer", Tone.WAITS),
    RunStatus.AWAITING_APPROVAL: Label("Needs approval", Tone.WAITS),
    RunStatus.PROVISIONING: Label("Provisioning", Tone.BUSY),
    RunStatus.VALIDATING: Label("Checking", Tone.BUSY),
    RunStatus.ESCALATED: Label("Needs a person", Tone.WAITS),
    RunStatus.ROLLING_BACK: Label("Rolling back", Tone.BUSY),
    RunStatus.REPORTING: Label("Reporting", Tone.BUSY),
    RunStatus.PAUSED: Label("Paused", Tone.QUIET),
    RunStatus.COMPLETED: Label("Completed", Tone.GOOD),
    RunStatus.DENIED: Label("Denied", Tone.QUIET),
    RunStatus.EXPIRED: Label("Expired", Tone.QUIET),
    RunStatus.CANCELLED: Label("Cancelled", Tone.QUIET),
    RunStatus.ROLLED_BACK: Label("Rolled back", Tone.QUIET),
    RunStatus.FAILED: Label("Failed", Tone.BAD),
}

CHANGES: dict[ChangeKind, Label] = {
    ChangeKind.CREATE: Label("Create", Tone.GOOD),
    ChangeKind.ADOPT: Label("Adopt", Tone.QUIET),
    ChangeKind.UPDATE: Label("Update", Tone.BUSY),
    ChangeKind.NO_OP: Label("Leave", Tone.QUIET),
    ChangeKind.CONFLICT: Label("Conflict", Tone.BAD),
    ChangeKind.BLOCKED: Label("Blocked", Tone.BAD),
}

UNDO: dict[Undo, str] = {
    Undo.FULL: "",
    Undo.PARTIAL: "Can be undone in part",
    Undo.NONE: "Cannot be undone",
}

DECIDED: dict[DecisionKind, str] = {
    DecisionKind.APPROVE: "approved this",
    DecisionKind.DENY: "denied this",
    DecisionKind.EDIT: "changed the plan",
    DecisionKind.EXPIRE: "ended this run",
    DecisionKind.ANSWER: "answered",
    DecisionKind.RETRY: "chose to retry",
    DecisionKind.SKIP: "chose to skip",
    DecisionKind.ABORT: "stopped this run",
    DecisionKind.ROLLBACK: "chose to roll back",
}

FAULTS: dict[ErrorCode, str] = {
    ErrorCode.RATE_LIMITED: "It limited the rate of calls",
    ErrorCode.UNAVAILABLE: "It was out of order",
    ErrorCode.TIMEOUT: "It did not answer in time",
    ErrorCode.AUTH: "It did not accept the credential",
    ErrorCode.PERMISSION: "It did not permit a call",
    ErrorCode.UNKNOWN: "It gave an answer that is not understood",
}
"""What was wrong with a system; whose data it was about is told on the page of the run alone."""

CIRCUITS: dict[Circuit, Label] = {
    Circuit.CLOSED: Label("Closed: calls go through", Tone.GOOD),
    Circuit.HALF_OPEN: Label("Half open: the next call decides", Tone.WAITS),
    Circuit.OPEN: Label("Open: it is left alone", Tone.BAD),
}

SYSTEMS = {"github": "GitHub"}
"""Names that are not spelt by a capital letter alone."""


def system(name: str) -> str:
    """A system as people spell it."""
    return SYSTEMS.get(name, name.replace("_", " ").capitalize())


def listed(names: list[str]) -> str:
    """Several names in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(number: int, noun: str) -> str:
    """`1 action`, `2 actions`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def called(run: RunState) -> str:
    """The name of its company, or the words that nobody has read yet."""
    said = run.request.request
    if run.company != UNNAMED or not said:
        return run.company.name
    line = " ".join(said.split())
    return f"“{line if len(line) <= MAX_CALLED else line[: MAX_CALLED - 1].rstrip() + '…'}”"
