"""What each event changes of a run."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.decisions import Decision, DecisionKind
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
    RequestHandedOver,
    RequestRead,
    RequestReminded,
    RetryScheduled,
    RollbackStarted,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunVerified,
    StepFinished,
    StepStarted,
    StepUndone,
)
from domain.progress import Failure, Progress
from domain.readings import Reading
from domain.waits import Waiting

if TYPE_CHECKING:
    from domain.runs import RunState


def effects(run: "RunState", event: object, at: datetime) -> dict[str, object]:
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
    run: "RunState", event: ApprovalGiven | RequestReminded | RequestHandedOver
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


def _decided(run: "RunState", decision: Decision) -> dict[str, object]:
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
