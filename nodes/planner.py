"""planner: reads every system and proposes what to do there. Nothing is written anywhere."""

import asyncio

from langgraph.runtime import Runtime
from langgraph.types import Command

from domain.companies import Company
from domain.errors import SystemFault
from domain.events import PlanningStarted, PlanProposed
from domain.plans import Change, Plan
from domain.ports import NodeContext
from domain.state import OnboardingState
from nodes.backoff import pause_seconds
from nodes.people import company_of, plan_kept
from nodes.reading import Next, read_request
from nodes.understanding import meant_for


async def planner(state: OnboardingState, runtime: Runtime[NodeContext]) -> Command[Next]:
    """Who and which systems come from intake, or from reading a request in words; the changes come
    from reading the systems."""
    context = runtime.context
    await context.journal.emit(PlanningStarted(), key="planning")
    if context.words is not None:
        return await read_request(state, context, context.words)
    company = company_of(state, context)
    names = tuple(state["systems"])
    found = await asyncio.gather(*(_read(name, company, context) for name in names))
    plan = Plan(
        run_id=state["run_id"],
        company=company,
        systems=names,
        changes=tuple(change for changes in found for change in changes),
    )
    again = f"/{state['edits']}" if state.get("edits") else ""
    await context.journal.emit(PlanProposed(plan=plan), key=f"plan/{plan.digest}{again}")
    return Command(goto="approval", update={"plan": plan_kept(plan, state)})


async def _read(name: str, company: Company, context: NodeContext) -> list[Change]:
    """A system that does not answer does not stop the plan: its part of it says so."""
    system = context.systems[name]
    for attempt in range(1, context.max_step_retries + 2):
        try:
            meant = meant_for(name, company, context.newsletter_only)
            return list(await system.plan(meant, context.ledger))
        except SystemFault as fault:
            last = fault
            wait = pause_seconds(context, attempt, fault.after_seconds)
            if not fault.retryable or wait > context.longest_wait_seconds:
                break
            if attempt <= context.max_step_retries:
                await asyncio.sleep(wait)
    return list(system.blocked(company, f"{last.message} {last.advice}"))
