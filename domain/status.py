"""The states of a run."""

from enum import StrEnum


class RunStatus(StrEnum):
    """The words of the API; a terminal run never changes."""

    QUEUED = "queued"
    PLANNING = "planning"
    NEEDS_CLARIFICATION = "needs_clarification"
    AWAITING_APPROVAL = "awaiting_approval"
    PROVISIONING = "provisioning"
    VALIDATING = "validating"
    ESCALATED = "escalated"
    ROLLING_BACK = "rolling_back"
    REPORTING = "reporting"
    PAUSED = "paused"
    COMPLETED = "completed"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"


TERMINAL = frozenset(
    {
        RunStatus.COMPLETED,
        RunStatus.DENIED,
        RunStatus.EXPIRED,
        RunStatus.CANCELLED,
        RunStatus.ROLLED_BACK,
        RunStatus.FAILED,
    }
)
PARKED = frozenset(
    {
        RunStatus.NEEDS_CLARIFICATION,
        RunStatus.AWAITING_APPROVAL,
        RunStatus.ESCALATED,
        RunStatus.PAUSED,
    }
)
ACTIVE = frozenset(RunStatus) - TERMINAL
WORKING = ACTIVE - PARKED
