"""clarification: parks the run until its requester has answered one question."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from domain.decisions import ANSWERS, OpenRequest, RequestKind
from domain.ports import NodeContext
from domain.state import OnboardingState
from nodes.requests import payload
from prompts import loader


async def clarification(
    state: OnboardingState, runtime: Runtime[NodeContext]
) -> Command[Literal["planner"]]:
    """The question itself is in the run's row, and so is the answer: either may name people.

    An answer opens nothing: the planner reads the request anew, and somebody approves what follows.
    """
    number = state.get("questions", 0)
    request = OpenRequest(
        request_id=f"{state['run_id']}:clarification:{number}",
        kind=RequestKind.CLARIFICATION,
        allowed=ANSWERS[RequestKind.CLARIFICATION],
        description=loader.load("clarification").body,
    )
    answer = interrupt(payload(request, {}))
    return Command(goto="planner", update=answer["input"])
