"""The common error codes of all systems: may it be tried again, and could it have had an effect?"""

from enum import StrEnum
from typing import NamedTuple


class Effect(StrEnum):
    """What a call may have changed in the remote system."""

    NONE = "none"
    APPLIED = "applied"
    UNKNOWN = "unknown"


class ErrorCode(StrEnum):
    """One vocabulary for the failures of every system; the names are part of the API."""

    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    NOT_READY = "NOT_READY"
    AUTH = "AUTH"
    PERMISSION = "PERMISSION"
    CONFLICT = "CONFLICT"
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CONSENT = "CONSENT"
    UNKNOWN = "UNKNOWN"
    VERIFY_FAILED = "VERIFY_FAILED"
    PLAN_CHANGED = "PLAN_CHANGED"
    PAUSED = "PAUSED"
    INTERNAL = "INTERNAL"


class CodeFacts(NamedTuple):
    """What follows from a code: `retryable` without a person, default `effect`, and the advice."""

    retryable: bool
    effect: Effect
    hint: str


CODE_FACTS: dict[ErrorCode, CodeFacts] = {
    ErrorCode.RATE_LIMITED: CodeFacts(True, Effect.NONE, "It is tried again when the limit ends."),
    ErrorCode.UNAVAILABLE: CodeFacts(
        True, Effect.UNKNOWN, "The system is at fault; it is looked up before it is tried again."
    ),
    ErrorCode.TIMEOUT: CodeFacts(
        True, Effect.UNKNOWN, "No answer came; it is looked up before it is tried again."
    ),
    ErrorCode.NOT_READY: CodeFacts(True, Effect.NONE, "The system is still preparing it."),
    ErrorCode.AUTH: CodeFacts(False, Effect.NONE, "Renew the credential, then retry the system."),
    ErrorCode.PERMISSION: CodeFacts(
        False, Effect.NONE, "Grant the missing scope, role or plan, then retry the system."
    ),
    ErrorCode.CONFLICT: CodeFacts(
        False, Effect.NONE, "Something we do not own has that name: launch with another slug."
    ),
    ErrorCode.INVALID_INPUT: CodeFacts(
        False, Effect.NONE, "Correct the company's data and launch again."
    ),
    ErrorCode.NOT_FOUND: CodeFacts(
        False, Effect.NONE, "A configured object is missing: check the settings of the system."
    ),
    ErrorCode.CONSENT: CodeFacts(
        False, Effect.NONE, "The person unsubscribed or never agreed: skip, never force."
    ),
    ErrorCode.UNKNOWN: CodeFacts(
        False, Effect.UNKNOWN, "The answer was not understood: look into the system, then decide."
    ),
    ErrorCode.VERIFY_FAILED: CodeFacts(
        True, Effect.APPLIED, "What was made reads back differently from the plan."
    ),
    ErrorCode.PLAN_CHANGED: CodeFacts(
        False, Effect.NONE, "The plan is not the approved one: launch again and approve anew."
    ),
    ErrorCode.PAUSED: CodeFacts(True, Effect.NONE, "Resume the run to go on."),
    ErrorCode.INTERNAL: CodeFacts(
        False, Effect.UNKNOWN, "This is a defect of AgentOS: see the log, then retry or skip."
    ),
}
