"""How far a run is in each of its systems."""

from datetime import datetime
from typing import NamedTuple

from domain.plans import Change, ChangeKind
from domain.progress import Progress
from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import Resource, StepResult, StepStatus
from server.console.telling import thing
from server.console.words import Label, Tone, system

_BEFORE_WORK = (
    RunStatus.QUEUED,
    RunStatus.PLANNING,
    RunStatus.NEEDS_CLARIFICATION,
    RunStatus.AWAITING_APPROVAL,
)


class Line(NamedTuple):
    """One change of the plan and what has become of it."""

    change: Change
    resource: Resource | None
    label: Label
    text: str


class Card(NamedTuple):
    """One system of a run. `failed` when a person may retry or skip it now."""

    name: str
    title: str
    label: Label
    lines: tuple[Line, ...]
    attempt: int
    step: StepResult | None
    failed: bool
    again_at: datetime | None

    @property
    def adopted(self) -> bool:
        """Everything was there already."""
        found = [line.resource for line in self.lines if line.resource]
        return bool(found) and not any(resource.created_by_us for resource in found)

    @property
    def note(self) -> str:
        """What is to be known of a step that is not simply done."""
        if self.step is None or self.step.status is StepStatus.SUCCESS:
            return ""
        hint = self.step.hint or ""
        waits = self.step.status is StepStatus.PENDING and hint
        return hint if waits else f"{self.step.details} {hint}".rstrip()

    @property
    def done(self) -> int:
        """Changes that are made, taken over or need nothing."""
        return sum(line.label.tone is Tone.GOOD for line in self.lines)


def cards(run: RunState) -> list[Card]:
    """A card for each system, in the run's order."""
    return [_card(run, name) for name in run.systems]


def _card(run: RunState, name: str) -> Card:
    step, progress = run.steps.get(name), run.progress.get(name)
    asked = run.status is RunStatus.ESCALATED and run.open_request is not None
    waits = run.status is RunStatus.PROVISIONING and step is not None and not step.settled
    changes = run.plan.for_system(name) if run.plan else ()
    return Card(
        name=name,
        title=system(name),
        label=_label(run, step, progress),
        lines=tuple(_line(change, progress) for change in changes),
        attempt=max(progress.attempt if progress else 0, step.attempt if step else 0),
        step=step,
        failed=asked and run.open_request is not None and name in run.open_request.systems,
        again_at=run.waits_until if waits else None,
    )


def _label(run: RunState, step: StepResult | None, progress: Progress | None) -> Label:
    if run.status is RunStatus.ROLLED_BACK and progress:
        return Label("Undone", Tone.QUIET)
    if step is None:
        return _unfinished(run, progress)
    if step.error_code is not None and run.status is RunStatus.PROVISIONING and step.retryable:
        return Label("Will try again", Tone.WAITS)
    match step.status:
        case StepStatus.SUCCESS:
            return Label("Done" if step.verified else "Made, to be read back", Tone.GOOD)
        case StepStatus.PENDING if step.error_code is None:
            return Label("Waits for somebody outside", Tone.WAITS)
        case StepStatus.PENDING:
            return Label("Stopped", Tone.QUIET)
        case StepStatus.SKIPPED:
            return Label("Skipped", Tone.QUIET)
    return Label("Failed", Tone.BAD)


def _unfinished(run: RunState, progress: Progress | None) -> Label:
    if run.ended:
        return Label("Stopped" if progress else "Not started", Tone.QUIET)
    if run.status in _BEFORE_WORK:
        return Label("Planned" if run.plan else "Not planned yet", Tone.QUIET)
    if progress and run.status is not RunStatus.PAUSED:
        return Label("Working", Tone.BUSY)
    return Label("Waiting", Tone.QUIET)


def _line(change: Change, progress: Progress | None) -> Line:
    resource = progress.applied.get(change.key) if progress else None
    if resource is None:
        label = Label("Planned", Tone.QUIET)
        if change.kind in (ChangeKind.CONFLICT, ChangeKind.BLOCKED):
            label = Label(change.kind.capitalize(), Tone.BAD)
        return Line(change, None, label, planned(change))
    if resource.pending:
        return Line(change, resource, Label("Waits", Tone.WAITS), thing(resource))
    word = "Made" if resource.created_by_us else "Adopted"
    return Line(change, resource, Label(word, Tone.GOOD), thing(resource))


def planned(change: Change) -> str:
    """What a change would do, in one sentence."""
    match change.kind:
        case ChangeKind.ADOPT:
            return f"Adopt {change.target}, which was made for this organisation earlier"
        case ChangeKind.NO_OP:
            return f"Leave {change.target} as it is"
    return sentence(change)


def sentence(change: Change) -> str:
    """The summary as a sentence of its own."""
    return change.summary[:1].upper() + change.summary[1:]
