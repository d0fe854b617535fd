"""Words on their way out: inert, whole for programs, and in shape on a narrow terminal."""

import io
import json
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from agentos.cli.output import hung, out, say, show, show_json, word


def printed(width: int, *results: Any) -> list[str]:
    """The lines on a terminal of this width."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, markup=False, color_system=None)
    for result in results:
        console.print(result)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("[bold]x[/bold] [link=http://h]y[/link]", "[bold]x[/bold] [link=http://h]y[/link]"),
        (":boom:", ":boom:"),
        ("\x1b[2J\x1b]8;;http://h\x07", "‹U+001B›[2J‹U+001B›]8;;http://h‹U+0007›"),
        ("safe\u202eexe\u200b", "safe‹U+202E›exe‹U+200B›"),
        ("a\rb\x00", "a‹U+000D›b‹U+0000›"),
        ("株式会社アクメ", "株式会社アクメ"),
    ],
)
def test_what_a_name_holds_has_no_effect(
    capsys: pytest.CaptureFixture[str], given: str, shown: str
) -> None:
    show(word(given), hung(word("+"), word(given)))
    say(given)
    said = capsys.readouterr()
    assert [line.rstrip() for line in said.out.splitlines()] == [shown, f"+ {shown}"]
    assert said.err == f"{shown}\n"


def test_a_program_gets_ascii_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": "🚀\u202e\n\x1b"}
    show_json(value)
    told = capsys.readouterr().out
    assert told.isascii() and told.count("\n") == 1 and "\x1b" not in told
    assert json.loads(told) == value


def test_a_long_line_goes_on_beside_its_sign() -> None:
    line = hung(Text("  +"), Text("create the private repository of the company"))
    assert printed(24, line) == ["  + create the private", "    repository of the", "    company"]


def test_what_is_no_terminal_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show(hung(Text("+"), Text("word " * 100)), Text("word " * 100))
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_link_stays_in_one_piece(capsys: pytest.CaptureFixture[str]) -> None:
    address = f"http://127.0.0.1/{'a' * 200}"
    out().width = 40
    show(Text(address))
    assert capsys.readouterr().out == f"{address}\n"
