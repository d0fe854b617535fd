"""The machine as data: the compiled graph's own nodes and edges, with a word for each choice."""

from collections.abc import Iterator
from typing import NamedTuple

from langgraph.graph import END, START

from graph.build import build

_CHOICES = {
    ("planner", "planner"): "request read",
    ("planner", "clarification"): "not clear",
    ("planner", "approval"): "planned",
    ("clarification", "planner"): "answered",
    ("approval", "provisioner"): "approved",
    ("approval", "planner"): "edited",
    ("approval", END): "denied",
    ("validator", "provisioner"): "again",
    ("validator", "reporter"): "all well",
    ("validator", "escalation"): "needs a person",
    ("escalation", "provisioner"): "retry",
    ("escalation", "validator"): "skip",
    ("escalation", "rollback"): "rollback",
    ("escalation", END): "abort",
    ("rollback", END): "done",
    ("rollback", "escalation"): "needs a person",
}
_NAMES = {START: "start", END: "finish"}
_WORDS = {START: "launch", END: "end"}


class Edge(NamedTuple):
    """A way from a node to the next; `choice` says when it is taken, None where there is no other.

    A choice that nobody has put into words is empty.
    """

    source: str
    target: str
    choice: str | None


def topology() -> tuple[Edge, ...]:
    """Every edge, in the order in which the nodes were added."""
    drawn = build().get_graph()
    order = [name for name in drawn.nodes if name != END] + [END]
    edges = [
        Edge(
            edge.source,
            edge.target,
            _CHOICES.get((edge.source, edge.target), "") if edge.conditional else None,
        )
        for edge in drawn.edges
    ]
    return tuple(
        sorted(edges, key=lambda edge: (order.index(edge.source), order.index(edge.target)))
    )


def as_mermaid() -> str:
    """As GitHub draws it; the one in the README."""
    return "\n".join(["graph TD;", *_arrows()])


def _arrows() -> Iterator[str]:
    seen: set[str] = set()

    def named(node: str) -> str:
        first = node not in seen
        seen.add(node)
        name = _NAMES.get(node, node)
        return f"{name}([{_WORDS[node]}])" if first and node in _WORDS else name

    for source, target, choice in topology():
        arrow = "-->" if choice is None else f"-. {choice} .->"
        yield f"    {named(source)} {arrow} {named(target)};"


def as_text() -> str:
    """One line for each node: where it leads, and when."""
    lines: dict[str, list[str]] = {}
    for source, target, choice in topology():
        way = _NAMES.get(target, target) + (f" ({choice})" if choice else "")
        lines.setdefault(_NAMES.get(source, source), []).append(way)
    width = max(map(len, lines))
    return "\n".join(f"{source:<{width}} → {', '.join(ways)}" for source, ways in lines.items())
