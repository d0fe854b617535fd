"""validator: reads back what was made, then sends on, asks for help, or lets the run finish."""

import asyncio
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, Send

from domain.codes import Effect, ErrorCode
from domain.errors import SystemFault
from domain.events import RetryScheduled, StepFinished, ValidationStarted
from domain.plans import Plan
from domain.ports import NodeContext
from domain.state import Branch, Json, OnboardingState
from domain.steps import Resource, StepResult, StepStatus
from nodes.backoff import pause_seconds
from nodes.people import plan_of
from nodes.provisioner import failed

Next = Literal["provisioner", "escalation", "reporter"]


async def validator(state: OnboardingState, runtime: Runtime[NodeContext]) -> Command[Next]:
    """Every system is settled, tried again, or put before a person; nothing is passed over."""
    context, number = runtime.context, state["rounds"] + 1
    plan = plan_of(state, context)
    await context.journal.emit(ValidationStarted(), key=f"validation/{number}")
    before = [StepResult.model_validate(state["results"][name]) for name in state["systems"]]
    results = await _verified(before, plan, context)
    update: Json = {
        "rounds": number,
        "results": {result.system: result.model_dump(mode="json") for result in results},
    }
    again = [r for r in results if _may_go_on(r, state["budget_from"], context)]
    if again:
        branches = [_branch(state, result, context) for result in again]
        await context.journal.emit(
            RetryScheduled(
                systems=tuple(result.system for result in again),
                attempt=max(branch["attempt"] for branch in branches),
                after_seconds=max(branch["wait_seconds"] for branch in branches),
            ),
            key=f"retry/{number}",
        )
        if max(branch["wait_seconds"] for branch in branches) > context.longest_hold_seconds:
            context.park()
        return Command(goto=[Send("provisioner", branch) for branch in branches], update=update)
    if all(result.settled for result in results):
        return Command(goto="reporter", update=update)
    return Command(goto="escalation", update=update)


async def _verified(
    results: list[StepResult], plan: Plan, context: NodeContext
) -> list[StepResult]:
    """A settled step is read back once; what differs makes it fail."""
    open_ones = [one for one in results if one.settled and not one.verified and not _waived(one)]
    checked = await asyncio.gather(*(_read_back(one, plan, context) for one in open_ones))
    events = {
        f"step/{one.system}/{one.attempt}/verified": StepFinished(result=one) for one in checked
    }
    stand = await context.journal.emit_all(events)
    found = {one.result.system: one.result for one in stand if isinstance(one, StepFinished)}
    return [found.get(one.system, one) for one in results]


def _waived(result: StepResult) -> bool:
    return result.status is StepStatus.SKIPPED


async def _read_back(result: StepResult, plan: Plan, context: NodeContext) -> StepResult:
    system = context.systems[result.system]
    changes = plan.for_system(result.system)
    refs: dict[str, Resource] = {
        change.resource: resource
        for change, resource in zip(changes, result.resources, strict=True)
    }
    for attempt in range(1, context.max_step_retries + 2):
        try:
            found = [
                f"{change.target}: {difference}"
                for change in changes
                for difference in await system.verify(plan.company, change, refs)
            ]
            fault = None
        except SystemFault as error:
            found, fault = [], error
            if not error.retryable:
                break
        if not found and fault is None:
            return result.model_copy(update={"verified": True})
        wait = pause_seconds(context, attempt, fault.after_seconds if fault else None)
        if wait > context.longest_wait_seconds:
            break
        if attempt <= context.max_step_retries:
            await asyncio.sleep(wait)
    if fault is None:
        message = f"{result.system} reads back differently: {'; '.join(found)}."
        fault = SystemFault(ErrorCode.VERIFY_FAILED, message, effect=Effect.APPLIED)
    broken = failed(result.system, result.attempt, fault, result.resources)
    return broken.model_copy(update={"retryable": False, "effect": result.effect})


def _may_go_on(result: StepResult, budget_from: dict[str, int], context: NodeContext) -> bool:
    if result.error_code is ErrorCode.PAUSED:
        return True
    if result.settled or not result.retryable:
        return False
    return result.attempt - budget_from.get(result.system, 1) < context.max_step_retries


def _branch(state: OnboardingState, result: StepResult, context: NodeContext) -> Branch:
    paused = result.error_code is ErrorCode.PAUSED
    number = result.attempt - state["budget_from"].get(result.system, 1) + 1
    return {
        "run_id": state["run_id"],
        "system": result.system,
        "plan": state["plan"],
        "attempt": result.attempt if paused else result.attempt + 1,
        "wait_seconds": 0.0
        if paused
        else pause_seconds(context, number, result.retry_after_seconds),
        "confirmed": False,
    }
