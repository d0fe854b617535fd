"""Who speaks: the chosen model as long as it does, then the rules, which say so."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage

from prompts.loader import load
from reasoning.calls import describe
from reasoning.faults import Trouble, classify
from reasoning.models import ModelChoice, chat_model
from reasoning.supervisor_rules import supervise
from server.supervisor.desk import Desk
from server.telemetry.happenings import model_called

_log = logging.getLogger("agentos.supervisor")
PROMPT = "supervisor"
NOT_FINISHED = "not_finished"
_TOLD = "(The model did not answer: {code}. Rules did, which know everyday questions only.)"

Request = ModelRequest[Desk]
Handler = Callable[[Request], Awaitable[ModelResponse[Any]]]


@dataclass(frozen=True)
class Voice:
    """A model, and its name in what is written down."""

    model: BaseChatModel
    name: str


def voice(choice: ModelChoice) -> Voice:
    """The voice that the settings choose."""
    tokens = load(PROMPT).max_tokens
    return Voice(chat_model(choice, supervise, max_tokens=tokens), choice.name)


class Speaking(AgentMiddleware[AgentState[Any], Desk]):
    """Every call is written down and counted. A model that fails, or is out of budget, is not asked
    again in this turn: the rules answer, and the answer says so."""

    def __init__(self, chosen: Voice) -> None:
        super().__init__()
        self._chosen = chosen
        self._prompt = load(PROMPT)
        self._rules = voice(ModelChoice())

    async def awrap_model_call(self, request: Request, handler: Handler) -> ModelResponse[Any]:
        """The answer of whoever can give one."""
        turn = request.runtime.context.turn
        size = list[BaseMessage](request.messages)
        if not turn.gave_way and not turn.budget.allows(size, self._prompt.max_tokens):
            turn.gave_way = "budget_exceeded"
        if not turn.gave_way:
            try:
                response = await self._ask(self._chosen, request, handler)
                if _is_finished(response):
                    return response
                turn.gave_way = NOT_FINISHED
            except Exception as error:
                if self._chosen.name == self._rules.name:
                    raise
                turn.gave_way = self._fault(error)
        response = await self._ask(self._rules, request.override(model=self._rules.model), handler)
        return _telling(response, turn.gave_way)

    async def _ask(self, who: Voice, request: Request, handler: Handler) -> ModelResponse[Any]:
        began, said, error = time.monotonic(), None, None
        try:
            response = await handler(request)
            said = next(m for m in response.result if isinstance(m, AIMessage))
            error = None if _is_finished(response) else NOT_FINISHED
        except Exception as fault:
            error = classify(fault).code
            raise
        finally:
            call = describe("supervisor", self._prompt, who.name, said, began, error)
            request.runtime.context.turn.budget.add(call)
            model_called(request.runtime.context.thread_id, call)
        return response

    def _fault(self, error: Exception) -> str:
        fault = classify(error)
        if fault.trouble is Trouble.DEFECT:
            _log.exception("a defect in the call of the supervisor's model")
        if fault.trouble is Trouble.CONFIGURATION:
            _log.error("the model cannot be used as it is set up: %s", fault.code)
        return fault.code


def _is_finished(response: ModelResponse[Any]) -> bool:
    """Whether all was said: half a call would launch half a name, half an answer says anything."""
    (said,) = (m for m in response.result if isinstance(m, AIMessage))
    return said.response_metadata.get("stopReason") in ("end_turn", "tool_use")


def _telling(response: ModelResponse[Any], code: str) -> ModelResponse[Any]:
    """The answer with a word on why it is from rules; calls of tools are no answers yet."""
    for message in response.result:
        if isinstance(message, AIMessage) and not message.tool_calls:
            message.content = f"{message.text}\n{_TOLD.format(code=code)}"
    return response
