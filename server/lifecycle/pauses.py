"""Pausing and resuming."""

from domain.errors import IllegalMove
from domain.events import PauseRequested, RunPaused, RunResumed
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import PARKED, RunStatus
from server.lifecycle import audit
from server.lifecycle.service import Actor, Service, check_version
from server.store import log
from server.store.transactions import Transaction


async def pause(
    service: Service, run_id: str, actor: Actor, *, if_version: int | None = None
) -> RunState:
    """Stop before any further effect. A parked run stops at once, a working one at its boundary."""
    actor.require(Scope.OPERATOR)
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        if run.status is RunStatus.PAUSED or run.pause_requested:
            return run
        check_version(run, if_version)
        key = f"pause/{run.version + 1}"
        event = RunPaused() if run.status in PARKED else PauseRequested()
        run, _ = await log.append(tx, run_id, event, key=key, actor=actor.name)
        audit.note(tx, actor, "run.pause", run_id)
        await service.engine.wake(tx, run_id)
        service.wished(tx, run_id)
    return run


async def resume(
    service: Service, run_id: str, actor: Actor, *, if_version: int | None = None
) -> RunState:
    """Go on with a paused run, or take back a pause that has not come about yet.

    No question is decided by this: the approval gate stays shut. A repeat changes nothing.
    """
    actor.require(Scope.OPERATOR)
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        if await _goes_on(tx, run):
            return run
        check_version(run, if_version)
        if run.status is not RunStatus.PAUSED and not run.pause_requested:
            advice = (
                "Send a decision to answer its question."
                if run.open_request
                else "Nothing is needed."
            )
            raise IllegalMove(f"The run is {run.status}, not paused.", advice=advice)
        key = f"resume/{run.version + 1}"
        run, _ = await log.append(tx, run_id, RunResumed(), key=key, actor=actor.name)
        audit.note(tx, actor, "run.resume", run_id)
        await service.engine.wake(tx, run_id)
        service.changed(tx, run_id)
    return run


async def _goes_on(tx: Transaction, run: RunState) -> bool:
    """Whether it was resumed before, and nobody has asked for a pause since."""
    if run.ended or run.status is RunStatus.PAUSED or run.pause_requested:
        return False
    kinds = ("run_paused", "run_resumed")
    return await log.last_type(tx, run.run_id, *kinds) == "run_resumed"
