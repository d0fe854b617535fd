"""approval: parks the run until a person has decided on exactly this plan."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, Send, interrupt

from domain.decisions import DecisionKind
from domain.plans import Plan
from domain.ports import NodeContext
from domain.state import Branch, OnboardingState
from nodes.requests import approval_request, payload, read_answer


async def approval(
    state: OnboardingState, runtime: Runtime[NodeContext]
) -> Command[Literal["provisioner", "__end__"]]:
    """One interrupt, nothing before it has effects; an approval fans out, a denial ends."""
    plan = Plan.parse(state["plan"])
    request = approval_request(plan)
    answer = read_answer(interrupt(payload(request, state["plan"])), request)
    if answer.kind is DecisionKind.DENY:
        return Command(goto="__end__", update={"outcome": "denied"})
    return Command(goto=[Send("provisioner", first_try(state, system)) for system in plan.systems])


def first_try(state: OnboardingState, system: str) -> Branch:
    """The branch of one system, at its first attempt."""
    return {
        "run_id": state["run_id"],
        "system": system,
        "plan": state["plan"],
        "attempt": 1,
        "wait_seconds": 0.0,
        "confirmed": False,
    }
