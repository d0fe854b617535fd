"""The result of the work in one system."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.codes import Effect, ErrorCode


class StepStatus(StrEnum):
    """`fail`: the system said no. `error`: it could not be asked, or the outcome is unknown.

    `pending`: accepted, waiting for somebody outside. `skipped`: a person waived it.
    """

    SUCCESS = "success"
    FAIL = "fail"
    ERROR = "error"
    PENDING = "pending"
    SKIPPED = "skipped"


class Resource(BaseModel):
    """One object in a system; `created_by_us` means created by this run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    id: str
    url: str | None = None
    created_by_us: bool = False
    label: str = ""
    pending: bool = False
    facts: dict[str, str] = {}


class StepResult(BaseModel):
    """What callers see of one system; the first six fields are the shape of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    status: StepStatus
    details: str
    error_code: ErrorCode | None = None
    retryable: bool = False
    attempt: int = 1
    effect: Effect = Effect.NONE
    resources: tuple[Resource, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    hint: str | None = None
    retry_after_seconds: float | None = None
    verified: bool = False

    @property
    def settled(self) -> bool:
        """True when nothing is left to do: made, waiting for an outsider, or waived."""
        return self.error_code is None and self.status in (
            StepStatus.SUCCESS,
            StepStatus.PENDING,
            StepStatus.SKIPPED,
        )
