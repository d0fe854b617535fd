"""The machine as data: all of it, with a word for each choice and for nothing else."""

import pytest

from graph import topology as module
from graph.build import build
from graph.topology import as_mermaid, as_text, topology


def test_every_edge_of_the_compiled_graph_is_there() -> None:
    drawn = {(edge.source, edge.target) for edge in build().get_graph().edges}
    assert {(edge.source, edge.target) for edge in topology()} == drawn
    assert len(topology()) == len(drawn)


def test_every_choice_has_its_word_and_no_word_is_left_over() -> None:
    choices = {(edge.source, edge.target) for edge in topology() if edge.choice is not None}
    assert choices == module._CHOICES.keys()
    assert all(edge.choice != "" for edge in topology())


def test_choice_has_no_word_when_nobody_gave_it_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(module._CHOICES, ("approval", "planner"))
    assert "" in {edge.choice for edge in topology()}


def test_ends_are_named_once_in_mermaid() -> None:
    text = as_mermaid()
    assert text.startswith("graph TD;\n    start([launch]) --> planner;\n")
    assert text.count("finish([end])") == 1
    assert "__" not in text


def test_text_has_a_line_for_each_node_that_leads_on() -> None:
    nodes = [line.split()[0] for line in as_text().splitlines()]
    assert nodes == ["start", *(name for name in build().get_graph().nodes if "__" not in name)]
