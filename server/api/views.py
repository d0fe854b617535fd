"""What callers see of runs and events."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.companies import Company
from domain.decisions import Decision, OpenRequest
from domain.events import RecordedEvent
from domain.launches import Origin
from domain.plans import Plan
from domain.progress import Failure
from domain.reports import Report
from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import Resource, StepResult
from domain.verifications import Verification
from domain.waits import Waiting


class AppliedView(Resource):
    """An object that a change has made or taken over; `key` is that of the change."""

    key: str


class ProgressView(BaseModel):
    """A system that is being worked on."""

    attempt: int
    applied: list[AppliedView]


class RunView(BaseModel):
    """A run. `version` is the number of its last event and its entity tag.

    `waiting` tells of the open question since when it is open, and who has approved so far;
    `expires_at` when it is closed without an answer. `waits_until` is when systems that limit
    requests or were out of order are asked again.
    `steps` has the systems that have a result, in the order of `systems`. `was` is the status that
    a paused run returns to, `origin` the run that this one was forked from.
    """

    run_id: str
    thread_id: str
    status: RunStatus
    version: int
    company_name: str
    company: Company
    systems: tuple[str, ...]
    note: str | None
    launched_by: str
    origin: Origin | None
    idempotency_key: str | None
    plan: Plan | None
    open_request: OpenRequest | None
    waiting: Waiting | None
    expires_at: datetime | None
    decisions: tuple[Decision, ...]
    steps: list[StepResult]
    progress: dict[str, ProgressView]
    report: Report | None
    verification: Verification | None
    failure: Failure | None
    undone: tuple[str, ...]
    leftovers: tuple[str, ...]
    waits_until: datetime | None
    pause_requested: bool
    cancel_requested: bool
    was: RunStatus | None
    created_at: datetime
    updated_at: datetime


class RunPage(BaseModel):
    """Runs, newest first; `next_cursor` is null on the last page."""

    items: list[RunView]
    next_cursor: str | None


class EventView(BaseModel):
    """One entry of a run's log; `data` depends on `type`."""

    seq: int
    at: datetime
    actor: str
    type: str
    data: dict[str, Any]


class EventPage(BaseModel):
    """Events in order; `next_after` is null when there are no more for now."""

    items: list[EventView]
    next_after: int | None


class Liveness(BaseModel):
    """The process answers."""

    status: str = "ok"


class ReadinessView(Liveness):
    """`checks` say `ok` or what is wrong, by name."""

    checks: dict[str, str]


def run_view(run: RunState) -> RunView:
    """The run as callers see it."""
    return RunView(
        **{name: getattr(run, name) for name in RunView.model_fields if hasattr(run, name)}
        | {
            "thread_id": run.run_id,
            "company_name": run.company.name,
            "note": run.request.note,
            "cancel_requested": run.cancel_requested is not None,
            "idempotency_key": run.request.idempotency_key,
            "steps": [run.steps[system] for system in run.systems if system in run.steps],
            "progress": {
                system: ProgressView(
                    attempt=progress.attempt,
                    applied=[
                        AppliedView(key=key, **resource.model_dump())
                        for key, resource in progress.applied.items()
                    ],
                )
                for system, progress in run.progress.items()
            },
        }
    )


def event_view(recorded: RecordedEvent) -> EventView:
    """The event as callers see it."""
    return EventView(
        seq=recorded.seq,
        at=recorded.at,
        actor=recorded.actor,
        type=recorded.event.type,
        data=recorded.event.model_dump(mode="json", exclude={"type"}),
    )
