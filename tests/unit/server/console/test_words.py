"""Every state has a word, and every one of a kind another."""

from typing import Any

import pytest

from domain.batches import LineState
from domain.companies import UNNAMED, Company
from domain.decisions import DecisionKind
from domain.launches import LaunchRequest
from domain.plans import ChangeKind, Undo
from domain.runs import RunState
from domain.status import RunStatus
from graph.topology import topology
from server.console.batches import LINES
from server.console.picture import FAN_OUT, TITLES
from server.console.rendering import environment
from server.console.words import CHANGES, DECIDED, STATUS, UNDO, called, counted, listed, system


def test_no_state_is_without_a_word() -> None:
    assert STATUS.keys() == set(RunStatus) and DECIDED.keys() == set(DecisionKind)
    assert CHANGES.keys() == set(ChangeKind) and UNDO.keys() == set(Undo)
    assert LINES.keys() == {*RunStatus, *LineState}
    words = [label.word for label in STATUS.values()]
    assert len(set(words)) == len(words)


def test_every_node_of_the_machine_has_a_title() -> None:
    nodes = {node for edge in topology() for node in (edge.source, edge.target)}
    assert TITLES.keys() == nodes - {FAN_OUT}


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_in_a_sentence(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_numbers_and_names_of_systems() -> None:
    assert (counted(1, "run"), counted(0, "run"), counted(2, "run")) == (
        "1 run",
        "0 runs",
        "2 runs",
    )
    assert (system("github"), system("slack"), system("help_desk")) == (
        "GitHub",
        "Slack",
        "Help desk",
    )


def test_a_run_is_called_by_its_words_until_they_are_read() -> None:
    words = "Onboard  Vandelay,\nKramerica and " + "Pendant " * 9
    facts: dict[str, Any] = {"company": UNNAMED, "request": LaunchRequest(request=words)}
    run = RunState.model_construct(**facts)
    assert called(run).startswith("“Onboard Vandelay, Kramerica and Pendant")
    assert called(run).endswith("…”") and len(called(run)) <= 62
    facts["company"] = Company(company_id="co_1", name="Vandelay", slug="vandelay")
    assert called(RunState.model_construct(**facts)) == "Vandelay"


def test_a_failure_names_its_system_once() -> None:
    step = {"details": "GitHub (POST /x) said no.", "hint": "Ask.", "error_code": "AUTH"}
    card = {"name": "github", "title": "GitHub", "failed": True, "step": step}
    parts: Any = environment().get_template("parts.html").module
    said = parts.failures(None, [card], "", False)
    assert "<strong>GitHub</strong> (POST /x) said no." in said
