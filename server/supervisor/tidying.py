"""What a turn begins with: calls that were cut off are answered, and old turns are left behind."""

from collections.abc import Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    RemoveMessage,
    ToolCall,
    ToolMessage,
    trim_messages,
)
from langchain_core.messages.utils import count_tokens_approximately
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.runtime import Runtime

from server.supervisor.desk import Desk
from server.supervisor.tools import told

KEPT_TOKENS = 6_000
CUT_OFF = (
    '{"error": "interrupted", "message": "This call was cut off; what it did is not known.",'
    ' "advice": "Look at the status before anything is done again."}'
)
NEVER_BEGUN = (
    '{"error": "interrupted", "message": "This launch was cut off and nothing was launched.",'
    ' "advice": "Launch it if the user still wants it."}'
)


class Tidying(AgentMiddleware[AgentState[Any], Desk]):
    """Without it a crash within a tool would make every later message of the thread fail: models
    refuse a call without a result."""

    async def abefore_agent(
        self, state: AgentState[Any], runtime: Runtime[Desk]
    ) -> dict[str, Any] | None:
        """Replace the stored messages when there is something to mend or to leave behind."""
        before = state["messages"]
        whole = await _answered(before, runtime.context)
        kept = trim_messages(
            whole,
            max_tokens=KEPT_TOKENS,
            token_counter=count_tokens_approximately,
            strategy="last",
            start_on="human",  # so that no result is kept without its call
        )
        if kept == before:
            return None
        return {"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), *kept]}


async def _answered(messages: Sequence[AnyMessage], desk: Desk) -> list[AnyMessage]:
    """The messages, in which each call has one result right behind it, and each result its call."""
    results = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    whole: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            continue
        whole.append(message)
        for call in message.tool_calls if isinstance(message, AIMessage) else ():
            whole.append(results.get(str(call["id"])) or await _lost(call, desk))
    return whole


async def _lost(call: ToolCall, desk: Desk) -> ToolMessage:
    """The result of a call that was cut off: of a launch it can be told."""
    name, call_id = call["name"], str(call["id"])
    if name != "launch":
        return ToolMessage(CUT_OFF, tool_call_id=call_id, name=name, status="error")
    launched = await desk.launched_by(call_id)
    if launched is None:
        return ToolMessage(NEVER_BEGUN, tool_call_id=call_id, name=name, status="error")
    return ToolMessage(told(launched), tool_call_id=call_id, name=name)
