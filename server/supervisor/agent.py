"""The supervisor as a graph: a model, its tools, and what stands around the model in code."""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ToolErrorMiddleware
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from prompts.loader import load
from server.supervisor.desk import Desk
from server.supervisor.framing import Framing
from server.supervisor.speaking import PROMPT, Speaking, Voice
from server.supervisor.tidying import Tidying
from server.supervisor.tools import TOOLS, told_error

Agent = CompiledStateGraph[Any, Desk, Any, Any]


def build(chosen: Voice, saver: BaseCheckpointSaver[Any] | None = None) -> Agent:
    """The graph; without a `saver` whoever serves it keeps the threads."""
    return create_agent(
        chosen.model,
        TOOLS,
        system_prompt=load(PROMPT).body,
        middleware=[
            Tidying(),
            Framing(),
            Speaking(chosen),
            ToolErrorMiddleware(lambda error, _: told_error(error)),
        ],
        context_schema=Desk,
        checkpointer=saver,
        name=PROMPT,
    )
