"""Cancelling, with or without taking back what was made."""

from domain.events import CancelRequested, RollbackStarted, RunCancelled, WorkflowEvent
from domain.names import clean_text
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.lifecycle import audit
from server.lifecycle.requests import ACTOR
from server.lifecycle.service import Actor, Service, check_version
from server.store import log


async def cancel(
    service: Service,
    run_id: str,
    actor: Actor,
    *,
    rollback: bool = False,
    reason: str | None = None,
    if_version: int | None = None,
) -> RunState:
    """Ask for the end; a worker carries it out before any further effect.

    With `rollback` what this run created is undone and the run ends `rolled_back`. What is asked
    for already is not asked for again; a rollback may still be asked for until the run has ended.
    """
    actor.require(Scope.OPERATOR)
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        if _stands(run, rollback):
            return run
        check_version(run, if_version)
        words = clean_text(reason, "reason", limit=2_000) if reason else None
        event = CancelRequested(rollback=rollback, reason=words or f"Cancelled by {actor.name}.")
        run, _ = await log.append(
            tx, run_id, event, key=f"cancel/{run.version + 1}", actor=actor.name
        )
        audit.note(tx, actor, "run.cancel", run_id, rollback=rollback)
        await service.engine.wake(tx, run_id, priority=1)
        service.wished(tx, run_id)
    return run


def _stands(run: RunState, rollback: bool) -> bool:
    """Whether this has been asked for, or come to pass, already."""
    if run.cancel_requested is not None:
        return run.cancel_requested.rollback or not rollback
    if rollback:
        return run.status in (RunStatus.ROLLING_BACK, RunStatus.ROLLED_BACK)
    return run.status is RunStatus.CANCELLED


async def carry_out(service: Service, run_id: str, *, made: bool, fence: int) -> None:
    """End the run as it is asked for now, or begin to undo what it `made`; for its worker."""
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=None, for_update=True)
        wanted = run.cancel_requested
        if wanted is None or run.ended:
            return
        key = "cancelled"
        event: WorkflowEvent = RunCancelled(reason=wanted.reason)
        if wanted.rollback and made:
            key = f"rollback/{run.version}"
            event = RollbackStarted(reason=wanted.reason or "Cancelled.")
        await log.append(tx, run_id, event, key=key, actor=ACTOR, fence=fence)
        service.changed(tx, run_id)
