"""Where words go: results to stdout, talk to stderr; nothing a name holds can take effect."""

import json
import sys
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from domain.errors import AgentOSError
from domain.names import visible

STYLES = {
    "success": "green",
    "completed": "green",
    "pending": "yellow",
    "awaiting_approval": "yellow",
    "escalated": "yellow",
    "paused": "yellow",
    "skipped": "dim",
    "fail": "red",
    "error": "red",
    "failed": "red",
    "conflict": "red",
    "blocked": "red",
}
_UNBROKEN = 10_000
"""Columns of what is no terminal: programs want whole lines."""


def out() -> Console:
    """For results. Made when it is needed, so that tests may replace the stream."""
    return _console(sys.stdout)


def err() -> Console:
    """For talk."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _UNBROKEN
    return Console(file=stream, highlight=False, emoji=False, markup=False, width=width)


def safe(text: object, style: str = "") -> Text:
    """Text that is shown as it is: no markup, no control or direction characters."""
    return Text(visible(str(text)), style=style)


def word(text: str) -> Text:
    """A status or kind in its colour."""
    return safe(text, STYLES.get(text, ""))


def hung(sign: Text, text: Text) -> Table:
    """A line that goes on beside its sign, not below it, where the terminal is too narrow."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(sign, text)
    return grid


def show(*results: RenderableType) -> None:
    """Results, one below the other; plain text stays in one piece, so that links can be opened."""
    console = out()
    for result in results:
        console.print(result, soft_wrap=isinstance(result, Text))


def say(text: str, style: str = "") -> None:
    """Talk."""
    err().print(safe(text, style), soft_wrap=True)


def show_json(value: Any) -> None:
    """One object on one line, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def complain(error: AgentOSError) -> None:
    """One sentence, one advice, the code."""
    say(f"{error.message} {error.advice} ({error.code})", "red")
