"""Pictures are whole XML, whatever a name holds."""

from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from agentos.cli.main import app
from agentos.drawing import Bar, bars_svg, machine_svg, timeline_svg
from graph.topology import as_mermaid, as_text, topology
from server.console.words import Tone
from tests.unit.domain import samples

SVG = "{http://www.w3.org/2000/svg}"


def test_machine_has_a_box_for_each_node_and_a_line_for_each_edge() -> None:
    drawn = ElementTree.fromstring(machine_svg(topology()))
    names = {text.text for text in drawn.iter(f"{SVG}text")}
    nodes = {edge.source for edge in topology()}
    assert names == {name for name in nodes if "__" not in name}
    lines = [line for line in drawn.iter(f"{SVG}path") if "edge" in line.get("class", "")]
    assert len(lines) == len(topology())
    told = {title.text for line in lines for title in line}
    assert told == {edge.choice or "then" for edge in topology()}


def test_bars_stand_where_they_belong_and_names_take_no_effect() -> None:
    hostile = '</text><script>"&\u202e'
    bars = [Bar(hostile, 0, 1, hostile), Bar("b", 1, 3, "2 s", Tone.BAD), Bar("b", 3, 3, "0 s")]
    drawn = ElementTree.fromstring(bars_svg("What took how long", bars))
    rows = list(drawn.iter(f"{SVG}rect"))
    begin, end = [float(rect.get("x", "")) for rect in rows[:2]], float(rows[1].get("width", ""))
    assert begin[0] < begin[1]
    assert end == pytest.approx(2 * float(rows[0].get("width", "")), rel=1e-4)
    assert float(rows[2].get("width", "")) > 0
    assert not list(drawn.iter(f"{SVG}script"))
    ElementTree.fromstring(bars_svg("Nothing", []))


def test_timeline_has_a_bar_for_each_part_of_a_run() -> None:
    log = samples.record(*samples.TO_APPROVAL)
    events = [
        {"seq": e.seq, "at": e.at.isoformat(), "actor": e.actor, "type": e.event.type}
        | {"data": e.event.model_dump(mode="json", exclude={"type"})}
        for e in log
    ]
    drawn = ElementTree.fromstring(timeline_svg(events))
    assert [rect.get("class") for rect in drawn.iter(f"{SVG}rect")] == ["good", "waits"]


def test_command_draws_each_form() -> None:
    for form, drawn in (
        ("text", as_text()), ("mermaid", as_mermaid()), ("svg", machine_svg(topology()).strip()),
    ):  # fmt: skip
        result = CliRunner().invoke(app, ["graph", "--format", form])
        assert (result.exit_code, result.output) == (0, f"{drawn}\n")
