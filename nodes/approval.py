"""approval: parks the run until a person has decided on exactly this plan."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, Send, interrupt

from domain.decisions import Answer, DecisionKind
from domain.events import StepFinished
from domain.plans import Plan
from domain.ports import NodeContext
from domain.state import Branch, Json, OnboardingState
from domain.steps import StepResult, StepStatus
from nodes.people import company_kept, names_people, plan_of
from nodes.requests import approval_args, approval_request, payload, read_answer, read_input


async def approval(
    state: OnboardingState, runtime: Runtime[NodeContext]
) -> Command[Literal["planner", "provisioner", "__end__"]]:
    """One interrupt, nothing before it has effects.

    An approval fans out, to the systems that it names; an edit has the plan made anew.
    """
    plan, edits = plan_of(state, runtime.context), state.get("edits", 0)
    request = approval_request(plan, edits, runtime.context.notes)
    raw = interrupt(payload(request, approval_args(plan, people=names_people(state))))
    answer = read_answer(raw, request)
    match answer.kind:
        case DecisionKind.DENY:
            return Command(goto="__end__", update={"outcome": "denied"})
        case DecisionKind.EDIT:
            company, systems = read_input(raw, answer, plan, runtime.context.systems)
            new = {"company": company_kept(company, state), "systems": list(systems)}
            return Command(goto="planner", update={**new, "edits": edits + 1})
    left_out = await _left_out(plan, answer, runtime.context)
    branches = [Send("provisioner", first_try(state, name)) for name in answer.systems]
    return Command(goto=branches, update={"results": left_out})


async def _left_out(plan: Plan, answer: Answer, context: NodeContext) -> dict[str, Json]:
    """The systems that were not approved are waived: nothing is made there."""
    waived = [
        StepResult(
            system=name,
            status=StepStatus.SKIPPED,
            details=f"Skipped: {answer.reason or 'it was left out of the approval.'}",
        )
        for name in plan.systems
        if name not in answer.systems
    ]
    await context.journal.emit_all(
        {f"skip/approval/{result.system}": StepFinished(result=result) for result in waived}
    )
    return {result.system: result.model_dump(mode="json") for result in waived}


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
