"""Everything that can happen to a run; a run is the fold of its events."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from domain.companies import Company
from domain.decisions import Decision, OpenRequest
from domain.launches import LaunchRequest, Origin
from domain.model_calls import ModelCall
from domain.plans import Plan
from domain.readings import Reading
from domain.reports import Report
from domain.steps import Resource, StepResult
from domain.terms import Approvers
from domain.verifications import Verification


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunLaunched(_Event):
    type: Literal["run_launched"] = "run_launched"
    company: Company
    systems: tuple[str, ...]
    request: LaunchRequest
    door: str
    origin: Origin | None = Field(default=None, exclude_if=lambda origin: origin is None)


class PlanningStarted(_Event):
    type: Literal["planning_started"] = "planning_started"


class RequestRead(_Event):
    """What the request in words was understood to ask for.

    `company` and `systems` are set once nothing is open; `launched` are the runs that were begun
    for the other companies it names.
    """

    type: Literal["request_read"] = "request_read"
    reading: Reading
    company: Company | None = None
    systems: tuple[str, ...] = ()
    launched: tuple[str, ...] = ()


class ClarificationRequested(_Event):
    type: Literal["clarification_requested"] = "clarification_requested"
    request: OpenRequest


class ModelCalled(_Event):
    type: Literal["model_called"] = "model_called"
    call: ModelCall


class ModelGaveWay(_Event):
    """Rules did what the model was asked to do; `code` says why."""

    type: Literal["model_gave_way"] = "model_gave_way"
    role: str
    code: str


class PlanProposed(_Event):
    type: Literal["plan_proposed"] = "plan_proposed"
    plan: Plan


class ApprovalRequested(_Event):
    type: Literal["approval_requested"] = "approval_requested"
    request: OpenRequest


class DecisionRecorded(_Event):
    type: Literal["decision_recorded"] = "decision_recorded"
    decision: Decision


class ApprovalGiven(_Event):
    """One of several approvals that are needed; the last one is the decision."""

    type: Literal["approval_given"] = "approval_given"
    approval: Decision


class RequestReminded(_Event):
    """Nobody has answered yet: those who may are told again."""

    type: Literal["request_reminded"] = "request_reminded"
    request_id: str
    number: int
    to: Approvers


class RequestHandedOver(_Event):
    """Nobody has answered yet: these may answer too from now on."""

    type: Literal["request_handed_over"] = "request_handed_over"
    request_id: str
    number: int
    to: Approvers


class PlanEdited(_Event):
    """What the next plan is made from; who edited what stands in the decision before it."""

    type: Literal["plan_edited"] = "plan_edited"
    company: Company
    systems: tuple[str, ...]


class StepStarted(_Event):
    type: Literal["step_started"] = "step_started"
    system: str
    attempt: int


class ChangeApplied(_Event):
    type: Literal["change_applied"] = "change_applied"
    system: str
    key: str
    summary: str
    resource: Resource


class StepFinished(_Event):
    type: Literal["step_finished"] = "step_finished"
    result: StepResult


class ValidationStarted(_Event):
    type: Literal["validation_started"] = "validation_started"


class RetryScheduled(_Event):
    type: Literal["retry_scheduled"] = "retry_scheduled"
    systems: tuple[str, ...]
    attempt: int
    after_seconds: float


class EscalationRequested(_Event):
    type: Literal["escalation_requested"] = "escalation_requested"
    request: OpenRequest


class PersonAsked(_Event):
    """Somebody, or a model that talks for them, wants a person to look; nothing follows by itself.

    `about` is the open plan, or help with anything else.
    """

    type: Literal["person_asked"] = "person_asked"
    about: Literal["approval", "help"]
    reason: str


class RollbackStarted(_Event):
    type: Literal["rollback_started"] = "rollback_started"
    reason: str


class StepUndone(_Event):
    type: Literal["step_undone"] = "step_undone"
    system: str
    undone: tuple[str, ...]
    left: tuple[str, ...] = ()


class ReportingStarted(_Event):
    type: Literal["reporting_started"] = "reporting_started"


class RunCompleted(_Event):
    type: Literal["run_completed"] = "run_completed"
    report: Report


class RunVerified(_Event):
    type: Literal["run_verified"] = "run_verified"
    verification: Verification


class RunFailed(_Event):
    type: Literal["run_failed"] = "run_failed"
    code: str
    message: str
    report: Report | None = None


class RunRolledBack(_Event):
    type: Literal["run_rolled_back"] = "run_rolled_back"
    report: Report


class PauseRequested(_Event):
    type: Literal["pause_requested"] = "pause_requested"


class RunPaused(_Event):
    type: Literal["run_paused"] = "run_paused"


class RunResumed(_Event):
    type: Literal["run_resumed"] = "run_resumed"


class CancelRequested(_Event):
    type: Literal["cancel_requested"] = "cancel_requested"
    rollback: bool = False
    reason: str | None = None


class RunCancelled(_Event):
    type: Literal["run_cancelled"] = "run_cancelled"
    reason: str | None = None


WorkflowEvent = Annotated[
    RunLaunched
    | PlanningStarted
    | RequestRead
    | ClarificationRequested
    | ModelCalled
    | ModelGaveWay
    | PlanProposed
    | ApprovalRequested
    | DecisionRecorded
    | ApprovalGiven
    | RequestReminded
    | RequestHandedOver
    | PlanEdited
    | StepStarted
    | ChangeApplied
    | StepFinished
    | ValidationStarted
    | RetryScheduled
    | EscalationRequested
    | PersonAsked
    | RollbackStarted
    | StepUndone
    | ReportingStarted
    | RunCompleted
    | RunVerified
    | RunFailed
    | RunRolledBack
    | PauseRequested
    | RunPaused
    | RunResumed
    | CancelRequested
    | RunCancelled,
    Field(discriminator="type"),
]


EVENT_TYPES: tuple[str, ...] = tuple(
    kind.model_fields["type"].default for kind in get_args(get_args(WorkflowEvent)[0])
)


class RecordedEvent(BaseModel):
    """An event as the log holds it: numbered from 1 within its run, with time (UTC) and actor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    at: datetime
    actor: str
    event: WorkflowEvent
