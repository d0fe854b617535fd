"""The state machine, on one screen.

planner → approval ⏸ → provisioner (one branch per system) → validator → reporter
                                       ↑______retry______|  └→ escalation ⏸ → rollback
"""

from functools import cache

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from domain.ports import NodeContext
from domain.state import Branch, OnboardingState
from nodes.approval import approval
from nodes.clarification import clarification
from nodes.escalation import escalation
from nodes.planner import planner
from nodes.provisioner import provisioner
from nodes.reporter import reporter
from nodes.rollback import rollback
from nodes.validator import validator

GRAPH_VERSION = "2"
"""Raised when a node or state key is renamed or removed: parked runs depend on these names."""

GRAPH_VERSIONS = ("1", GRAPH_VERSION)
"""Those whose runs this release goes on with, as they were begun."""

NAMING_PEOPLE = frozenset({"1"})
"""Those whose state has the company's contacts."""

RECURSION_LIMIT = 60

Onboarding = CompiledStateGraph[OnboardingState, NodeContext, OnboardingState, OnboardingState]


def build(checkpointer: BaseCheckpointSaver[str] | None = None) -> Onboarding:
    """The compiled graph; without a checkpointer for hosts that bring their own."""
    return _compiled().copy({"checkpointer": checkpointer})


@cache
def _compiled() -> Onboarding:
    builder = StateGraph(OnboardingState, context_schema=NodeContext)
    builder.add_node("planner", planner)
    builder.add_node("clarification", clarification)
    builder.add_node("approval", approval)
    builder.add_node("provisioner", provisioner, input_schema=Branch)
    builder.add_node("validator", validator)
    builder.add_node("escalation", escalation)
    builder.add_node("rollback", rollback)
    builder.add_node("reporter", reporter)
    builder.add_edge(START, "planner")
    builder.add_edge("provisioner", "validator")
    builder.add_edge("reporter", END)
    return builder.compile()
