"""What the events of a run say to a person."""

from typing import NamedTuple

from domain import events
from domain.events import RecordedEvent
from domain.steps import Resource, StepResult, StepStatus
from server.console.words import DECIDED, Tone, counted, listed, system


class Told(NamedTuple):
    """One event in words; `systems` are those it is about, none means the whole run."""

    text: str
    tone: Tone = Tone.QUIET
    systems: tuple[str, ...] = ()


def thing(resource: Resource) -> str:
    """An object by its kind and name."""
    name = resource.label or resource.id
    return name if resource.kind in name else f"{resource.kind} {name}"


def told(recorded: RecordedEvent) -> Told:
    """The event in one sentence."""
    match recorded.event:
        case events.RunLaunched(company=company):
            return Told(f"Launched for {company.name}")
        case events.ClarificationRequested():
            return Told("Asks a question before it plans", Tone.WAITS)
        case events.PlanningStarted():
            return Told("Reading the systems to make a plan", Tone.BUSY)
        case events.PlanProposed(plan=plan):
            return Told(f"Planned {counted(len(plan.changes), 'action')}")
        case events.ApprovalRequested():
            return Told("Waits for approval", Tone.WAITS)
        case events.DecisionRecorded(decision=decision):
            text = f"{decision.responder} {DECIDED[decision.kind]}"
            return Told(f"{text}: {decision.reason}" if decision.reason else text)
        case events.PlanEdited(systems=names):
            return Told(f"Makes a new plan for {listed([system(name) for name in names])}")
        case events.StepStarted(system=name, attempt=attempt):
            again = f", attempt {attempt}" if attempt > 1 else ""
            return Told(f"Started{again}", Tone.BUSY, (name,))
        case events.ChangeApplied(system=name, resource=resource):
            verb = "Made" if resource.created_by_us else "Adopted"
            return Told(f"{verb} {thing(resource)}", Tone.GOOD, (name,))
        case events.StepFinished(result=result):
            return _finished(result)
        case events.ValidationStarted():
            return Told("Reading everything back", Tone.BUSY)
        case events.RetryScheduled(systems=names, after_seconds=seconds):
            return Told(f"Tries again in {seconds:.1f} s", Tone.WAITS, names)
        case events.EscalationRequested(request=request):
            failed = listed([system(name) for name in request.systems])
            return Told(f"Needs a person: {failed} failed", Tone.WAITS)
        case events.RollbackStarted(reason=reason):
            return Told(f"Rolling back: {reason}", Tone.BUSY)
        case events.StepUndone(system=name, undone=undone, left=left):
            text = f"Undone {counted(len(undone), 'object')}"
            return Told(text + (f", left {len(left)}" if left else ""), Tone.QUIET, (name,))
        case events.RunCompleted():
            return Told("Completed", Tone.GOOD)
        case events.RunVerified(verification=found):
            text = "as approved" if found.ok else "something differs"
            return Told(f"Read back again: {text}", Tone.GOOD if found.ok else Tone.BAD)
        case events.RunFailed(message=message):
            return Told(f"Failed: {message}", Tone.BAD)
        case events.CancelRequested(rollback=rollback, reason=reason):
            undo = " and undo" if rollback else ""
            return Told(f"{recorded.actor} asked to cancel{undo}: {reason}")
        case event:
            return Told(event.type.removeprefix("run_").replace("_", " ").capitalize())


def _finished(result: StepResult) -> Told:
    about = (result.system,)
    match result.status:
        case StepStatus.SUCCESS:
            word = "Read back, as planned" if result.verified else "Done, to be read back"
            return Told(word, Tone.GOOD, about)
        case StepStatus.SKIPPED:
            return Told(result.details, Tone.QUIET, about)
        case StepStatus.PENDING:
            return Told(f"Waits: {result.hint or result.details}", Tone.WAITS, about)
    return Told(f"Failed: {result.details} {result.hint or ''}".rstrip(), Tone.BAD, about)
