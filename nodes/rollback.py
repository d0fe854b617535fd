"""rollback: takes back what this run created, newest first, and says what had to stay."""

import asyncio
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from domain.companies import Company
from domain.errors import SystemFault
from domain.events import RunRolledBack, StepUndone
from domain.ports import EffectStatus, NodeContext
from domain.reports import render_rollback
from domain.state import OnboardingState
from domain.steps import StepResult
from nodes.backoff import pause_seconds
from nodes.people import company_of
from nodes.provisioner import failed

_OPEN = (EffectStatus.INTENT, EffectStatus.APPLIED)


async def rollback(
    state: OnboardingState, runtime: Runtime[NodeContext]
) -> Command[Literal["escalation", "__end__"]]:
    """Resumable: each ledger entry is closed as it is undone, so a second life goes on there."""
    context = runtime.context
    company = company_of(state, context)
    number = state["escalations"]
    undone: list[str] = []
    left: list[str] = []
    failures: list[StepResult] = []
    for name in reversed(state["systems"]):
        try:
            await _undo_system(name, company, context)
        except SystemFault as fault:
            attempt = state["results"].get(name, {}).get("attempt", 1)
            failures.append(failed(name, attempt, fault, ()))
            continue
        entries = [entry for entry in await context.ledger.entries(name) if entry.note]
        gone = [entry.note for entry in entries if entry.status is EffectStatus.UNDONE]
        stays = [entry.note for entry in entries if entry.status is EffectStatus.LEFT]
        await context.journal.emit(
            StepUndone(system=name, undone=tuple(gone), left=tuple(stays)),
            key=f"undone/{number}/{name}",
        )
        undone, left = undone + gone, left + stays
    if failures:
        results = {result.system: result.model_dump(mode="json") for result in failures}
        update = {"results": results, "outcome": "rolling_back"}
        return Command(goto="escalation", update=update)
    report = render_rollback(company.name, undone, left)
    await context.journal.emit(RunRolledBack(report=report), key="rolled_back")
    return Command(goto="__end__", update={"outcome": "rolled_back"})


async def _undo_system(name: str, company: Company, context: NodeContext) -> None:
    for entry in reversed(await context.ledger.entries(name)):
        if entry.status not in _OPEN:
            continue
        for attempt in range(1, context.max_step_retries + 2):
            try:
                await context.systems[name].undo(company, entry, context.ledger)
                break
            except SystemFault as fault:
                wait = pause_seconds(context, attempt, fault.after_seconds)
                too_long = wait > context.longest_wait_seconds
                if not fault.retryable or too_long or attempt > context.max_step_retries:
                    raise
                await asyncio.sleep(wait)
