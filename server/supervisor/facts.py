"""What the supervisor's tools tell of runs: few, flat facts, nothing but what the run says."""

from typing import Any

from domain.context import person_can
from domain.plans import ChangeKind
from domain.runs import RunState
from domain.status import PARKED, RunStatus
from domain.steps import StepResult

Json = dict[str, Any]
_PROBLEMS = (ChangeKind.CONFLICT, ChangeKind.BLOCKED)


def brief(run: RunState) -> Json:
    """One run on one line."""
    return {
        "run_id": run.run_id,
        "company": run.company.name,
        "status": run.status.value,
        "waits_for": _waits_for(run),
        "updated_at": run.updated_at.isoformat(timespec="seconds"),
    }


def full(run: RunState) -> Json:
    """Where a run stands in each system, and what a person can do now."""
    return brief(run) | {
        "systems": {name: _step(run, name) for name in run.systems},
        "person_can": person_can(run),
    }


def reasons(run: RunState) -> Json:
    """Why a run is not where it should be."""
    faults = [_fault(run.steps[name]) for name in run.systems if _is_faulty(run, name)]
    changes = run.plan.changes if run.plan else ()
    blocked = [
        {"system": c.system, "kind": c.kind.value, "change": c.summary, "reason": c.reason}
        for c in changes
        if c.kind in _PROBLEMS
    ]
    denial = next((d for d in reversed(run.decisions) if d.kind.value in ("deny", "abort")), None)
    return full(run) | {
        "faults": faults,
        "plan_problems": blocked,
        "failure": run.failure.model_dump() if run.failure else None,
        "ended_by": {"who": denial.responder, "did": denial.kind.value, "reason": denial.reason}
        if denial
        else None,
        "left_behind": list(run.leftovers),
    }


def _waits_for(run: RunState) -> str | None:
    if run.status not in PARKED:
        return None
    if run.open_request is None or run.status is RunStatus.PAUSED:
        return run.status.value
    about = ", ".join(run.open_request.systems)
    return run.open_request.kind.value + (f" of {about}" if about else "")


def _step(run: RunState, name: str) -> str:
    if step := run.steps.get(name):
        return step.status.value
    return "under way" if name in run.progress else "not begun"


def _is_faulty(run: RunState, name: str) -> bool:
    step = run.steps.get(name)
    return step is not None and not step.settled


def _fault(step: StepResult) -> Json:
    wanted = {"system", "status", "details", "error_code", "retryable", "attempt", "effect", "hint"}
    return step.model_dump(mode="json", include=wanted)
