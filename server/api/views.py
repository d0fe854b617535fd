"""What callers are shown of runs and events."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from domain.companies import Company
from domain.decisions import Decision, OpenRequest
from domain.events import RecordedEvent
from domain.plans import Plan
from domain.reports import Report
from domain.runs import Failure, Progress, RunState
from domain.status import RunStatus
from domain.steps import StepResult


class RunView(BaseModel):
    """A run: the fold of its events. `version` is the number of the last one."""

    run_id: str
    thread_id: str
    status: RunStatus
    version: int
    company_name: str
    company: Company
    systems: list[str]
    idempotency_key: str | None
    note: str | None
    launched_by: str
    plan: Plan | None
    open_request: OpenRequest | None
    decisions: list[Decision]
    steps: list[StepResult]
    progress: dict[str, Progress]
    report: Report | None
    failure: Failure | None
    undone: list[str]
    leftovers: list[str]
    was: RunStatus | None
    pause_requested: bool
    cancel_requested: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, run: RunState) -> Self:
        """`steps` are those that have a result, in the order of `systems`."""
        return cls(
            run_id=run.run_id,
            thread_id=run.run_id,
            status=run.status,
            version=run.version,
            company_name=run.company.name,
            company=run.company,
            systems=list(run.systems),
            idempotency_key=run.request.idempotency_key,
            note=run.request.note,
            launched_by=run.launched_by,
            plan=run.plan,
            open_request=run.open_request,
            decisions=list(run.decisions),
            steps=[run.steps[name] for name in run.systems if name in run.steps],
            progress=run.progress,
            report=run.report,
            failure=run.failure,
            undone=list(run.undone),
            leftovers=list(run.leftovers),
            was=run.was,
            pause_requested=run.pause_requested,
            cancel_requested=run.cancel_requested is not None,
            created_at=run.created_at,
            updated_at=run.updated_at,
        )


class EventView(BaseModel):
    """One entry of a run's log; `data` depends on `type`."""

    seq: int
    at: datetime
    actor: str
    type: str
    data: dict[str, Any]

    @classmethod
    def of(cls, recorded: RecordedEvent) -> Self:
        """The event with its envelope."""
        data = recorded.event.model_dump(mode="json", exclude={"type"})
        return cls(
            seq=recorded.seq,
            at=recorded.at,
            actor=recorded.actor,
            type=recorded.event.type,
            data=data,
        )


class RunPage(BaseModel):
    """Newest first; `next_cursor` leads on."""

    items: list[RunView]
    next_cursor: str | None


class EventPage(BaseModel):
    """Oldest first; `next_after` leads on, null when nothing newer is there."""

    items: list[EventView]
    next_after: int | None


class Problem(BaseModel):
    """RFC 9457, with the stable `code`, one advice and the id under which it was logged."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    advice: str
    request_id: str
    field: str | None = None
    winner: dict[str, str | None] | None = None
    current_digest: str | None = None
