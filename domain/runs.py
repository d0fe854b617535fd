"""A run as callers see it: the fold of its events."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from domain.companies import Company
from domain.decisions import Decision, DecisionKind, OpenRequest
from domain.errors import IllegalMove
from domain.events import (
    ApprovalGiven,
    ApprovalRequested,
    CancelRequested,
    ChangeApplied,
    ClarificationRequested,
    DecisionRecorded,
    EscalationRequested,
    ModelCalled,
    PauseRequested,
    PlanEdited,
    PlanProposed,
    RecordedEvent,
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
)
from domain.launches import LaunchRequest, Origin
from domain.plans import Plan
from domain.readings import Clarification, Reading
from domain.reports import Report, render_report
from domain.status import TERMINAL, RunStatus
from domain.steps import Resource, StepResult
from domain.transitions import next_status
from domain.verifications import Verification
from domain.waits import Waiting


class Progress(BaseModel):
    """A system that is being worked on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempt: int = 0
    applied: dict[str, Resource] = {}


class Failure(BaseModel):
    """Why a run failed or was cancelled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    message: str


class RunState(BaseModel):
    """`version` is the number of the last event. `was` is what a paused run returns to.

    `reading` is what a request in words was last understood to ask for.
    `waits_until` is when the systems that are to be tried again may be asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    status: RunStatus
    version: int
    was: RunStatus | None = None
    company: Company
    systems: tuple[str, ...]
    request: LaunchRequest
    launched_by: str
    origin: Origin | None = Field(default=None, exclude_if=lambda origin: origin is None)
    plan: Plan | None = None
    open_request: OpenRequest | None = None
    waiting: Waiting | None = None
    decisions: tuple[Decision, ...] = ()
    reading: Reading | None = None
    clarifications: tuple[Clarification, ...] = ()
    tokens_used: int = 0
    progress: dict[str, Progress] = {}
    steps: dict[str, StepResult] = {}
    undone: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    waits_until: datetime | None = None
    pause_requested: bool = False
    cancel_requested: CancelRequested | None = None
    report: Report | None = None
    verification: Verification | None = None
    failure: Failure | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def ended(self) -> bool:
        """True when nothing will happen to this run any more."""
        return self.status in TERMINAL

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The systems that are neither done nor waived."""
        return tuple(s for s in self.systems if s not in self.steps or not self.steps[s].settled)

    @property
    def expires_at(self) -> datetime | None:
        """When the open question is closed without an answer, unless the run is paused first."""
        if self.open_request is None or self.waiting is None:
            return None
        return self.waiting.expires_at(self.open_request.terms)

    @property
    def authors(self) -> frozenset[str]:
        """Whose plan it is: who launched the run, and who edited its plan."""
        edits = (d.responder for d in self.decisions if d.kind is DecisionKind.EDIT)
        return frozenset((self.launched_by, *edits))

    @property
    def cancel_pending(self) -> bool:
        """A cancel was asked for and its carrying out has not begun."""
        return self.cancel_requested is not None and self.status is not RunStatus.ROLLING_BACK

    @classmethod
    def begin(cls, run_id: str, first: RecordedEvent) -> Self:
        """The run after its launch."""
        event = first.event
        if not isinstance(event, RunLaunched):
            raise TypeError("a run begins with run_launched")
        return cls(
            run_id=run_id,
            status=next_status(None, event),
            version=first.seq,
            company=event.company,
            systems=event.systems,
            request=event.request,
            launched_by=first.actor,
            origin=event.origin,
            created_at=first.at,
            updated_at=first.at,
        )

    def apply(self, recorded: RecordedEvent) -> Self:
        """The run after one more event; `IllegalMove` if it may not follow.

        Whatever a worker believes, a run with an unsettled system is never completed.
        """
        status = next_status(self.status, recorded.event, was=self.was)
        if status is RunStatus.COMPLETED and self.unsettled:
            raise IllegalMove(f"Not completed: {', '.join(self.unsettled)} is not settled.")
        changes = dict(_effects(self, recorded.event, recorded.at))
        changes |= {"status": status, "version": recorded.seq, "updated_at": recorded.at}
        after = self.model_copy(update=changes)
        if after.open_request is None and after.waiting is not None:
            after = after.model_copy(update={"waiting": None})
        if not after.ended:
            return after
        report = after.report or render_report(after.company.name, after.systems, after.steps)
        return after.model_copy(
            update={
                "open_request": None,
                "waiting": None,
                "was": None,
                "waits_until": None,
                "pause_requested": False,
                "cancel_requested": None,
                "report": report,
            }
        )


def _effects(run: RunState, event: object, at: datetime) -> dict[str, object]:
    """The fields that an event changes, apart from status, version and time."""
    match event:
        case PlanProposed(plan=plan):
            return {"plan": plan}
        case PlanEdited(company=company, systems=systems):
            return {"company": company, "systems": systems, "plan": None}
        case RequestRead(reading=reading, company=company):
            known = {"company": company, "systems": event.systems} if company else {}
            return {"reading": reading, **known}
        case ModelCalled(call=call):
            return {"tokens_used": run.tokens_used + call.tokens}
        case (
            ApprovalRequested(request=request)
            | EscalationRequested(request=request)
            | ClarificationRequested(request=request)
        ):
            return {"open_request": request, "waiting": Waiting(since=at)}
        case ApprovalGiven() | RequestReminded() | RequestHandedOver():
            return dict(_waited(run, event))
        case DecisionRecorded(decision=decision):
            return _decided(run, decision)
        case StepStarted(system=system, attempt=attempt):
            before = run.progress.get(system, Progress())
            progress = before.model_copy(update={"attempt": attempt})
            return {
                "waits_until": None,
                "progress": run.progress | {system: progress},
                "steps": {k: v for k, v in run.steps.items() if k != system},
            }
        case ChangeApplied(system=system, key=key, resource=resource):
            before = run.progress.get(system, Progress())
            progress = before.model_copy(update={"applied": before.applied | {key: resource}})
            return {"progress": run.progress | {system: progress}}
        case RetryScheduled(after_seconds=seconds):
            return {"waits_until": at + timedelta(seconds=seconds)}
        case StepFinished(result=result):
            return {"steps": run.steps | {result.system: result}}
        case RollbackStarted():
            # Of an open question, a pause and the cancel that it carries out, none holds any more.
            return {
                "open_request": None, "was": None, "waits_until": None, "cancel_requested": None,
            }  # fmt: skip
        case StepUndone(undone=undone, left=left):
            return {"undone": run.undone + undone, "leftovers": run.leftovers + left}
        case PauseRequested():
            return {"pause_requested": True}
        case RunPaused():
            waiting = run.waiting and run.waiting.paused(at)
            return {"was": run.status, "pause_requested": False, "waiting": waiting}
        case RunResumed():
            waiting = run.waiting and run.waiting.resumed(at)
            return {"was": None, "pause_requested": False, "waiting": waiting}
        case CancelRequested():
            return {"cancel_requested": event}
        case RunCompleted(report=report) | RunRolledBack(report=report):
            return {"report": report}
        case RunVerified(verification=verification):
            return {"verification": verification, "steps": verification.settling(run.steps)}
        case RunFailed(code=code, message=message, report=report):
            return {"failure": Failure(code=code, message=message), "report": report}
        case RunCancelled(reason=reason):
            return {"failure": Failure(code="cancelled", message=reason or "Cancelled.")}
        case _:
            return {}


def _waited(
    run: RunState, event: ApprovalGiven | RequestReminded | RequestHandedOver
) -> Iterator[tuple[str, object]]:
    """What becomes of an open question before it is answered."""
    if run.waiting is None or run.open_request is None:
        return
    match event:
        case ApprovalGiven(approval=approval):
            new: dict[str, object] = {"approvals": (*run.waiting.approvals, approval)}
        case RequestReminded(number=number):
            new = {"reminders": number}
        case RequestHandedOver(number=number, to=to):
            new = {"handovers": number}
            terms = run.open_request.terms
            wider = terms.model_copy(update={"approvers": terms.approvers.joined_by(to)})
            yield "open_request", run.open_request.model_copy(update={"terms": wider})
    yield "waiting", run.waiting.model_copy(update=new)


def _decided(run: RunState, decision: Decision) -> dict[str, object]:
    changes: dict[str, object] = {
        "decisions": (*run.decisions, decision),
        "open_request": None,
    }
    if decision.kind is DecisionKind.EXPIRE:
        changes["failure"] = Failure(code="expired", message="Nobody decided in time.")
    if decision.kind is DecisionKind.ANSWER:
        asked = run.reading or Reading()
        said = asked.clarified(decision.text or "")
        changes["clarifications"] = (*run.clarifications, said)
    if decision.kind is DecisionKind.ABORT:
        message = f"{decision.responder} stopped the run; what was made stays."
        changes["failure"] = Failure(code="aborted", message=message)
    return changes


def reduce(run_id: str, events: Iterable[RecordedEvent]) -> RunState:
    """The run after `events`, which begin with its launch; a pure function."""
    log = iter(events)
    run = RunState.begin(run_id, next(log))
    for recorded in log:
        run = run.apply(recorded)
    return run
