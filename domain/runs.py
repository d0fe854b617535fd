"""A run as callers see it: the fold of its events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from domain.companies import Company
from domain.decisions import Decision, DecisionKind, OpenRequest
from domain.errors import IllegalMove
from domain.events import CancelRequested, RecordedEvent, RunLaunched
from domain.fold import effects
from domain.launches import LaunchRequest, Origin
from domain.plans import Plan
from domain.progress import Failure, Progress
from domain.readings import Clarification, Reading
from domain.reports import Report, render_report
from domain.status import TERMINAL, RunStatus
from domain.steps import StepResult
from domain.transitions import next_status
from domain.verifications import Verification
from domain.waits import Waiting


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
        changes = effects(self, recorded.event, recorded.at)
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


def reduce(run_id: str, events: Iterable[RecordedEvent]) -> RunState:
    """The run after `events`, which begin with its launch; a pure function."""
    log = iter(events)
    run = RunState.begin(run_id, next(log))
    for recorded in log:
        run = run.apply(recorded)
    return run
