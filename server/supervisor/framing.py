"""What a model reads: every message of the user as one JSON object, the newest with the facts.

The escapes of JSON are the fence: no text of a user, a company or a system can close it and pose
as somebody else's turn.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ModelRequest,
    ModelResponse,
    hook_config,
)
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime

from server.supervisor.desk import Desk

CALLS = 6
TOO_MANY = (
    f"I stopped after {CALLS} steps without coming to an end. What was done until now stands; "
    "ask for one thing at a time."
)


class Framing(AgentMiddleware[AgentState[Any], Desk]):
    """Gives a model the newest state of things with each call, and lets it call no more often than
    `CALLS` times in a turn."""

    async def awrap_model_call(
        self,
        request: ModelRequest[Desk],
        handler: Callable[[ModelRequest[Desk]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Call the model with the framed messages; what is stored is left as it is."""
        snapshot = await request.runtime.context.snapshot()
        framed = frame(request.messages, {"snapshot": snapshot})
        return await handler(request.override(messages=framed))

    @hook_config(can_jump_to=["end"])
    async def abefore_model(
        self, state: AgentState[Any], runtime: Runtime[Desk]
    ) -> dict[str, Any] | None:
        """End the turn with a word to the user when it leads nowhere."""
        messages = state["messages"]
        turn = messages[_newest(messages) :]
        if sum(isinstance(message, AIMessage) for message in turn) < CALLS:
            return None
        return {"jump_to": "end", "messages": [AIMessage(TOO_MANY)]}


def frame(messages: Sequence[AnyMessage], facts: dict[str, Any]) -> list[AnyMessage]:
    """The messages with those of the user as JSON, `facts` in the newest of them."""
    newest = _newest(messages)
    return [
        message.model_copy(
            update={"content": _json({"message": message.text} | (facts if n == newest else {}))}
        )
        if isinstance(message, HumanMessage)
        else message
        for n, message in enumerate(messages)
    ]


def _newest(messages: Sequence[AnyMessage]) -> int:
    users = [n for n, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return users[-1] if users else 0


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
