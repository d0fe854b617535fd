"""One plausible instance of everything that domain tests need."""

from datetime import UTC, datetime

from domain.codes import ErrorCode
from domain.companies import Company, Contact
from domain.decisions import ANSWERS, Decision, DecisionKind, OpenRequest, RequestKind
from domain.events import (
    ApprovalGiven,
    ApprovalRequested,
    CancelRequested,
    ChangeApplied,
    ClarificationRequested,
    DecisionRecorded,
    EscalationRequested,
    ModelCalled,
    ModelGaveWay,
    PauseRequested,
    PersonAsked,
    PlanEdited,
    PlanningStarted,
    PlanProposed,
    RecordedEvent,
    ReportingStarted,
    RequestHandedOver,
    RequestRead,
    RequestReminded,
    RetryScheduled,
    RollbackStarted,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunLaunched,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunVerified,
    StepFinished,
    StepStarted,
    StepUndone,
    ValidationStarted,
    WorkflowEvent,
)
from domain.launches import LaunchRequest
from domain.model_calls import ModelCall
from domain.plans import Change, ChangeKind, Plan, Undo
from domain.readings import Reading
from domain.reports import Report, ReportLine
from domain.runs import RunState, reduce
from domain.steps import Resource, StepResult, StepStatus
from domain.terms import Approvers
from domain.verifications import SystemCheck, Verification

NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
RUN_ID = "run_1"
SYSTEMS = ("slack", "github")

COMPANY = Company(
    company_id="co_0123456789abcdef",
    name="Acme Corp",
    slug="acme-corp",
    contacts=(Contact(name="Dana", email="dana@example.com", github="dana", slack="U012ABCDEF"),),
)
CHANGE = Change(
    key="co_0123456789abcdef/slack/channel",
    system="slack",
    resource="channel",
    kind=ChangeKind.CREATE,
    target="welcome-acme-corp",
    summary="Create channel #welcome-acme-corp",
    before={"topic": None},
    after={"name": "welcome-acme-corp", "members": ["U1", "U2"]},
    undo=Undo.PARTIAL,
    sends_mail=False,
    reason="There is none.",
)
PLAN = Plan(run_id=RUN_ID, company=COMPANY, systems=SYSTEMS, changes=(CHANGE,))
REQUEST = LaunchRequest(company_name="Acme Corp", request="Onboard them.", note="Soon.")
RESOURCE = Resource(kind="channel", id="C1", url="https://slack.example/C1", created_by_us=True)
SUCCESS = StepResult(
    system="slack", status=StepStatus.SUCCESS, details="channel=#welcome", resources=(RESOURCE,)
)
FAIL = StepResult(
    system="github",
    status=StepStatus.FAIL,
    details="The team exists.",
    error_code=ErrorCode.CONFLICT,
    hint="Launch with another slug.",
)
REPORT = Report(
    headline="Acme Corp is onboarded into 2 of 2 systems.",
    checklist=(ReportLine(system="slack", status=StepStatus.SUCCESS, text="slack: done."),),
)
APPROVAL = OpenRequest(
    request_id="approval/1",
    kind=RequestKind.APPROVAL,
    allowed=ANSWERS[RequestKind.APPROVAL],
    description="Approve the plan?",
    digest=PLAN.digest,
)
ESCALATION = OpenRequest(
    request_id="escalation/1",
    kind=RequestKind.ESCALATION,
    allowed=ANSWERS[RequestKind.ESCALATION],
    description="github failed.",
    systems=("github",),
)


def decision(kind: DecisionKind) -> Decision:
    """A recorded decision of this kind."""
    return Decision(
        kind=kind,
        text="Globex" if kind is DecisionKind.ANSWER else None,
        reason="Because.",
        systems=("github",),
        digest=PLAN.digest,
        request_id="approval/1",
        responder="Robin",
        door="api",
        decided_at=NOW,
    )


CLARIFICATION = OpenRequest(
    request_id="clarification/1",
    kind=RequestKind.CLARIFICATION,
    allowed=ANSWERS[RequestKind.CLARIFICATION],
    description="Which?",
)
CALL = ModelCall(
    role="planner", prompt="planner@1", prompt_sha="0", model="a-model", input_tokens=9
)
LAUNCHED = RunLaunched(company=COMPANY, systems=SYSTEMS, request=REQUEST, door="api")
_MOMENTS: tuple[WorkflowEvent, ...] = (
    LAUNCHED,
    PlanningStarted(),
    RequestRead(reading=Reading(question="Which?")),
    ClarificationRequested(request=CLARIFICATION),
    ModelCalled(call=CALL),
    ModelGaveWay(role="planner", code="ThrottlingException"),
    PlanProposed(plan=PLAN),
    ApprovalRequested(request=APPROVAL),
    ApprovalGiven(approval=decision(DecisionKind.APPROVE)),
    RequestReminded(request_id="approval/1", number=1, to=Approvers(people=("Robin",))),
    RequestHandedOver(request_id="approval/1", number=1, to=Approvers(groups=("managers",))),
    PlanEdited(company=COMPANY, systems=SYSTEMS),
    StepStarted(system="slack", attempt=1),
    ChangeApplied(system="slack", key=CHANGE.key, summary=CHANGE.summary, resource=RESOURCE),
    StepFinished(result=SUCCESS),
    ValidationStarted(),
    RetryScheduled(systems=("github",), attempt=2, after_seconds=0.5),
    EscalationRequested(request=ESCALATION),
    PersonAsked(about="help", reason="Nobody answers."),
    RollbackStarted(reason="Robin asked for it."),
    StepUndone(system="slack", undone=("channel archived",), left=("invitation sent",)),
    ReportingStarted(),
    RunCompleted(report=REPORT),
    RunVerified(verification=Verification(checks=(SystemCheck(system="slack"),))),
    RunFailed(code="internal", message="A defect.", report=None),
    RunRolledBack(report=REPORT),
    PauseRequested(),
    RunPaused(),
    RunResumed(),
    CancelRequested(rollback=True, reason="Too early."),
    RunCancelled(reason="Too early."),
)
EVENTS: dict[str, WorkflowEvent] = {event.type: event for event in _MOMENTS} | {
    kind.value: DecisionRecorded(decision=decision(kind)) for kind in DecisionKind
}
"""One event for each word of `model.WORDS`: the type, or the kind of a decision."""


def record(*words: str | WorkflowEvent) -> list[RecordedEvent]:
    """The log of a run to which these things happened after its launch."""
    events = [LAUNCHED, *(EVENTS[word] if isinstance(word, str) else word for word in words)]
    return [
        RecordedEvent(seq=seq, at=NOW, actor="api:robin", event=event)
        for seq, event in enumerate(events, start=1)
    ]


def run_after(*words: str | WorkflowEvent) -> RunState:
    """The run to which these things happened after its launch."""
    return reduce(RUN_ID, record(*words))


TO_APPROVAL = ("planning_started", "plan_proposed", "approval_requested")
TO_QUESTION = ("planning_started", "request_read", "clarification_requested")
TO_WORK = (*TO_APPROVAL, "approve")
DONE = tuple(
    StepFinished(result=StepResult(system=system, status=status, details="As wished."))
    for system, status in zip(SYSTEMS, (StepStatus.PENDING, StepStatus.SKIPPED), strict=True)
)
TO_COMPLETION: tuple[str | StepFinished, ...] = (
    *TO_WORK,
    *DONE,
    "validation_started",
    "reporting_started",
    "run_completed",
)
TO_ESCALATION = (*TO_WORK, "validation_started", "escalation_requested")
