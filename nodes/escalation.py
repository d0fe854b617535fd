"""escalation: one question for all failed systems, answered by a person."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command, Send, interrupt

from domain.codes import ErrorCode
from domain.decisions import Answer, DecisionKind
from domain.events import StepFinished
from domain.ports import NodeContext
from domain.state import Branch, Json, OnboardingState
from domain.steps import StepResult, StepStatus
from nodes.requests import escalation_request, payload, read_answer

Next = Literal["provisioner", "validator", "rollback", "__end__"]


async def escalation(state: OnboardingState, runtime: Runtime[NodeContext]) -> Command[Next]:
    """Retry (with a fresh budget), skip, abort or roll back; no effect before the answer."""
    number = state["escalations"] + 1
    results = [StepResult.model_validate(state["results"][name]) for name in state["systems"]]
    open_ones = [result for result in results if not result.settled]
    request = escalation_request(
        state["run_id"],
        number,
        state["company"]["name"],
        open_ones,
        rolling_back=state["outcome"] == "rolling_back",
    )
    args: Json = {result.system: result.model_dump(mode="json") for result in open_ones}
    answer = read_answer(interrupt(payload(request, args)), request)
    chosen = [result for result in open_ones if result.system in answer.systems]
    update: Json = {"escalations": number}
    match answer.kind:
        case DecisionKind.RETRY:
            update["budget_from"] = {result.system: result.attempt + 1 for result in chosen}
            return Command(
                goto=[Send("provisioner", _retry(state, r)) for r in chosen], update=update
            )
        case DecisionKind.SKIP:
            update["results"] = await _skip(chosen, answer, runtime.context, number)
            return Command(goto="validator", update=update)
        case DecisionKind.ROLLBACK:
            return Command(goto="rollback", update=update)
        case _:
            return Command(goto="__end__", update=update | {"outcome": "aborted"})


def _retry(state: OnboardingState, result: StepResult) -> Branch:
    return {
        "run_id": state["run_id"],
        "system": result.system,
        "plan": state["plan"],
        "attempt": result.attempt + 1,
        "wait_seconds": 0.0,
        "confirmed": result.error_code is ErrorCode.UNKNOWN,
    }


async def _skip(
    chosen: list[StepResult], answer: Answer, context: NodeContext, number: int
) -> dict[str, Json]:
    waived = {}
    for result in chosen:
        skipped = result.model_copy(
            update={
                "status": StepStatus.SKIPPED,
                "details": f"Skipped: {answer.reason}",
                "error_code": None,
                "retryable": False,
                "hint": f"Before that: {result.details}",
            }
        )
        key = f"skip/{number}/{result.system}"
        await context.journal.emit(StepFinished(result=skipped), key=key)
        waived[result.system] = skipped.model_dump(mode="json")
    return waived
