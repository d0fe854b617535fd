"""provisioner: carries out the approved changes of one system, one after the other."""

import asyncio
import logging
from datetime import UTC, datetime

from langgraph.runtime import Runtime

from domain.codes import CODE_FACTS, Effect, ErrorCode
from domain.errors import Halted, LeaseLost, Refused, StoreUnavailable, SystemFault
from domain.events import StepFinished, StepStarted
from domain.ports import NodeContext
from domain.state import Branch, Json
from domain.steps import Resource, StepResult, StepStatus
from nodes.people import plan_of

_log = logging.getLogger("agentos.provisioner")
_POLL_SECONDS = 0.1


async def provisioner(state: Branch, runtime: Runtime[NodeContext]) -> Json:
    """One try in one system. Whatever happens there becomes a `StepResult`.

    It raises only when this worker may not or cannot go on (lease lost, store unreachable): an
    exception of one branch would cancel the calls of its siblings midway.
    """
    context, name, attempt = runtime.context, state["system"], state["attempt"]
    held = state["wait_seconds"] <= context.longest_hold_seconds  # longer ones were waited parked
    if held and not await _waited(state["wait_seconds"], runtime):
        return _paused(state)
    key = f"step/{name}/{attempt}"
    began = datetime.now(UTC)
    await context.journal.emit(StepStarted(system=name, attempt=attempt), key=f"{key}/started")
    refs: dict[str, Resource] = {}
    try:
        if not await _carry_out(state, runtime, refs):
            return _paused(state)
        details = context.systems[name].describe(plan_of(state, context).company, refs)
        result = _made(name, attempt, details, refs)
    except SystemFault as fault:
        result = failed(name, attempt, fault, tuple(refs.values()))
    except Halted:
        if runtime.control:  # else the validator would send this try again and again until asked
            runtime.control.request_drain("halted")
        return _paused(state)
    except (LeaseLost, StoreUnavailable):
        raise
    except Exception as defect:  # noqa: BLE001 - a branch must not cancel its siblings
        _log.exception("a defect in the connector of %s", name)
        result = failed(name, attempt, _as_fault(name, defect), tuple(refs.values()))
    result = result.model_copy(update={"started_at": began, "finished_at": datetime.now(UTC)})
    stands = await context.journal.emit(StepFinished(result=result), key=f"{key}/finished")
    if isinstance(stands, StepFinished):  # an earlier life of this try may have finished already
        result = stands.result
    return {"results": {name: result.model_dump(mode="json")}}


async def _carry_out(
    state: Branch, runtime: Runtime[NodeContext], refs: dict[str, Resource]
) -> bool:
    """Apply every change; False when a pause or shutdown came in between."""
    context, name = runtime.context, state["system"]
    plan = plan_of(state, context)
    for change in plan.for_system(name):
        if runtime.drain_requested:
            return False
        if await context.gate.approved_digest(name) != plan.digest:
            raise Refused(
                ErrorCode.PLAN_CHANGED, f"The plan for {name} is not the one that was approved."
            )
        resource = await context.systems[name].apply(
            plan.company, change, refs, context.ledger, confirmed=state["confirmed"]
        )
        refs[change.resource] = resource
    return True


def _made(name: str, attempt: int, details: str, refs: dict[str, Resource]) -> StepResult:
    resources = tuple(refs.values())
    waiting = any(resource.pending for resource in resources)
    adopted = not any(resource.created_by_us for resource in resources)
    hint = "It was there already and was adopted." if adopted else None
    return StepResult(
        system=name,
        status=StepStatus.PENDING if waiting else StepStatus.SUCCESS,
        details=details,
        attempt=attempt,
        effect=Effect.NONE if adopted else Effect.APPLIED,
        resources=resources,
        hint="An invited person has to accept." if waiting else hint,
    )


def failed(
    name: str, attempt: int, fault: SystemFault, resources: tuple[Resource, ...]
) -> StepResult:
    """The result of a step that ended with `fault` after making `resources`."""
    effect = fault.effect
    if effect is Effect.NONE and any(resource.created_by_us for resource in resources):
        effect = Effect.APPLIED
    return StepResult(
        system=name,
        status=StepStatus.FAIL if isinstance(fault, Refused) else StepStatus.ERROR,
        details=fault.message,
        error_code=fault.error_code,
        retryable=fault.retryable,
        attempt=attempt,
        effect=effect,
        resources=resources,
        hint=fault.advice,
        retry_after_seconds=fault.after_seconds,
    )


def _as_fault(name: str, defect: Exception) -> SystemFault:
    """The text of an unexpected exception stays in the log: it may hold secrets."""
    return SystemFault(
        ErrorCode.INTERNAL, f"An unexpected {type(defect).__name__} ended the work in {name}."
    )


def _paused(state: Branch) -> Json:
    """Not a result: the validator sends this try again when the run goes on."""
    result = StepResult(
        system=state["system"],
        status=StepStatus.PENDING,
        details="Stopped before the next effect.",
        error_code=ErrorCode.PAUSED,
        retryable=CODE_FACTS[ErrorCode.PAUSED].retryable,
        attempt=state["attempt"],
    )
    return {"results": {state["system"]: result.model_dump(mode="json")}}


async def _waited(seconds: float, runtime: Runtime[NodeContext]) -> bool:
    """Sleep before a retry; False as soon as a pause or shutdown is asked for."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not runtime.drain_requested:
        left = until - loop.time()
        if left <= 0:
            return True
        await asyncio.sleep(min(left, _POLL_SECONDS))
    return False
