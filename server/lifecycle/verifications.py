"""Reading back what a completed run has made, at any later time; nothing is repaired."""

import asyncio

from domain.errors import IllegalMove, SystemFault
from domain.events import RunVerified
from domain.plans import Plan
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from domain.steps import Resource, StepResult, StepStatus
from domain.verifications import SystemCheck, Verification
from server.lifecycle.reads import get_run
from server.lifecycle.service import Actor, Service, check_version
from server.store import log


async def verify(
    service: Service, run_id: str, actor: Actor, *, if_version: int | None = None
) -> RunState:
    """Compare the systems with the plan and append what was found to the run's log.

    A step that waited for somebody outside becomes a success once nothing waits any more. A run
    that is not completed has not been promised to anybody: `IllegalMove`.
    """
    actor.require(Scope.OPERATOR)
    run = await get_run(service, run_id, tenant=actor.tenant)
    check_version(run, if_version)
    if run.status is not RunStatus.COMPLETED or run.plan is None:
        raise IllegalMove(
            f"The run is {run.status}; what a completed run has made can be verified.",
            advice="Wait until it is completed.",
        )
    made = [step for step in run.steps.values() if step.status is not StepStatus.SKIPPED]
    checks = await asyncio.gather(*(_check(service, run.plan, step) for step in made))
    event = RunVerified(verification=Verification(checks=tuple(checks)))
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        key = f"verified/{run.version + 1}"
        run, _ = await log.append(tx, run_id, event, key=key, actor=actor.name)
        service.changed(tx, run_id)
    return run


async def _check(service: Service, plan: Plan, step: StepResult) -> SystemCheck:
    system = service.systems[step.system]
    changes = plan.for_system(step.system)
    refs: dict[str, Resource] = {
        change.resource: resource for change, resource in zip(changes, step.resources, strict=True)
    }
    found, now = [], []
    try:
        for change in changes:
            for difference in await system.verify(plan.company, change, refs):
                found.append(f"{change.target}: {difference}")
            known = refs[change.resource]
            seen = await system.look(plan.company, change, refs) if known.pending else known
            now.append(known.model_copy(update={"pending": seen.pending}) if seen else known)
    except SystemFault as fault:
        return SystemCheck(system=step.system, unread=f"{fault.message} {fault.advice}")
    return SystemCheck(system=step.system, differences=tuple(found), resources=tuple(now))
