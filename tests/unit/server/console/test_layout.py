"""The picture is the machine: every node and edge of it is drawn, and no box covers another."""

from itertools import combinations

import pytest

from graph.build import build
from server.console.layout import Box, place

EDGES = [(edge.source, edge.target) for edge in build().get_graph().edges]
START, END = "__start__", "__end__"


def overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_boxes_stand_apart_within_the_picture(number: int) -> None:
    names = [f"system{n}" for n in range(number)]
    layout = place(EDGES, START, END, {"provisioner": names})
    assert {box.name for box in layout.boxes} == {n for e in EDGES for n in e} - {
        "provisioner"
    } | set(names)
    assert not [(a, b) for a, b in combinations(layout.boxes, 2) if overlap(a, b)]
    for box in layout.boxes:
        assert box.x >= 0 and box.x + box.width <= layout.width
        assert box.y >= 0 and box.y + box.height <= layout.height


def test_every_edge_is_drawn_and_no_other() -> None:
    layout = place(EDGES, START, END, {})
    assert {(line.source, line.target) for line in layout.lines} == set(EDGES)


def test_boxes_of_an_opened_node_each_have_their_edges() -> None:
    layout = place(EDGES, START, END, {"provisioner": ["slack", "github"]})
    drawn = {(line.source, line.target) for line in layout.lines}
    for name in ("slack", "github"):
        assert {("approval", name), (name, "validator")} <= drawn


def test_edges_forward_lead_to_the_right() -> None:
    layout = place(EDGES, START, END, {})
    x = {box.name: box.x for box in layout.boxes}
    for line in layout.lines:
        if not line.aside:
            assert x[line.source] < x[line.target]
