"""The planner where no model is chosen: the message is read by rules, and answered as JSON."""

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from reasoning.rules import planning
from reasoning.rules_model import Tools


def planner_rules(messages: Sequence[BaseMessage], _tools: Tools) -> AIMessage:
    """What the first message of a person asks for; later ones only tell of errors."""
    asked = next(message for message in messages if isinstance(message, HumanMessage))
    data = json.loads(asked.text)
    plan = planning.read(data["request"], data.get("answers", ()))
    return AIMessage(plan.model_dump_json())
