"""The supervisor as a graph: a model, its tools, and what stands around the model in code."""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ToolErrorMiddleware
from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from prompts.loader import load
from server.supervisor.desk import Desk
from server.supervisor.framing import Framing
from server.supervisor.tidying import Tidying
from server.supervisor.tools import TOOLS, told_error

PROMPT = "supervisor"
Agent = CompiledStateGraph[Any, Desk, Any, Any]


def build(model: BaseChatModel, saver: BaseCheckpointSaver[Any] | None = None) -> Agent:
    """The graph; without a `saver` whoever serves it keeps the threads."""
    return create_agent(
        model,
        TOOLS,
        system_prompt=load(PROMPT).body,
        middleware=[Tidying(), Framing(), ToolErrorMiddleware(lambda error, _: told_error(error))],
        context_schema=Desk,
        checkpointer=saver,
        name=PROMPT,
    )
