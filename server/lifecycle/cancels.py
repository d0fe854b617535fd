"""Cancelling, with or without taking back what was made."""

from domain.events import CancelRequested
from domain.names import clean_text
from domain.runs import RunState
from domain.scopes import Scope
from server.lifecycle import audit
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

    With `rollback` what this run created is undone and the run ends `rolled_back`.
    """
    actor.require(Scope.OPERATOR)
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        check_version(run, if_version)
        if run.cancel_requested is not None:
            return run
        words = clean_text(reason, "reason", limit=2_000) if reason else None
        event = CancelRequested(rollback=rollback, reason=words or f"Cancelled by {actor.name}.")
        run, _ = await log.append(
            tx, run_id, event, key=f"cancel/{run.version + 1}", actor=actor.name
        )
        audit.note(tx, actor, "run.cancel", run_id, rollback=rollback)
        await service.engine.wake(tx, run_id, priority=1)
        service.wished(tx, run_id)
    return run
