"""Pausing and resuming."""

from domain.decisions import Answer
from domain.errors import IllegalMove
from domain.events import PauseRequested, RunPaused, RunResumed
from domain.runs import RunState
from domain.status import PARKED, RunStatus
from server.lifecycle import decisions
from server.lifecycle.service import Actor, Service, check_version
from server.store import log


async def pause(
    service: Service, run_id: str, actor: Actor, *, if_version: int | None = None
) -> RunState:
    """Stop before any further effect. A parked run stops at once, a working one at its boundary."""
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, for_update=True)
        check_version(run, if_version)
        if run.status is RunStatus.PAUSED or run.pause_requested:
            return run
        key = f"pause/{run.version + 1}"
        event = RunPaused() if run.status in PARKED else PauseRequested()
        run, _ = await log.append(tx, run_id, event, key=key, actor=actor.name)
        await service.engine.wake(tx, run_id)
        service.changed(tx, run_id)
    return run


async def resume(
    service: Service,
    run_id: str,
    actor: Actor,
    *,
    answer: Answer | None = None,
    if_version: int | None = None,
) -> RunState:
    """Go on with a paused run, or answer the open question, or both.

    Without an answer no question is decided: the approval gate stays shut.
    """
    if answer is None:
        return await _go_on(service, run_id, actor, if_version)
    async with service.database.read() as tx:
        paused = (await log.load(tx, run_id)).status is RunStatus.PAUSED
    if not paused:
        decided = await decisions.decide(service, run_id, answer, actor, if_version=if_version)
        return decided.run
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, for_update=True)
        check_version(run, if_version)
        key = f"resume/{run.version + 1}"
        run, _ = await log.append(tx, run_id, RunResumed(), key=key, actor=actor.name)
        return await decisions.record(service, tx, run, answer, actor)


async def _go_on(service: Service, run_id: str, actor: Actor, if_version: int | None) -> RunState:
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, for_update=True)
        check_version(run, if_version)
        if run.status is not RunStatus.PAUSED:
            advice = (
                "Send a decision to answer its question."
                if run.open_request
                else "Nothing is needed."
            )
            raise IllegalMove(f"The run is {run.status}, not paused.", advice=advice)
        key = f"resume/{run.version + 1}"
        run, _ = await log.append(tx, run_id, RunResumed(), key=key, actor=actor.name)
        await service.engine.wake(tx, run_id)
        service.changed(tx, run_id)
    return run
