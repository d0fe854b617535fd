"""The reporter where no model is chosen: the template, through the same path."""

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from reasoning.rules_model import Tools


def reporter_rules(messages: Sequence[BaseMessage], _tools: Tools) -> AIMessage:
    """What code has made of the facts."""
    asked = next(message for message in messages if isinstance(message, HumanMessage))
    return AIMessage(json.dumps(json.loads(asked.text)["facts"]["template"]))
