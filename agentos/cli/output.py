"""Where words go: results to stdout, talk to stderr; nothing a name holds can take effect."""

import json
import sys
from typing import Any

from rich.console import Console
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


def out() -> Console:
    """For results. Made when it is needed, so that tests may replace the stream."""
    return Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=True)


def err() -> Console:
    """For talk."""
    return Console(file=sys.stderr, highlight=False, emoji=False, markup=False, soft_wrap=True)


def safe(text: object, style: str = "") -> Text:
    """Text that is shown as it is: no markup, no control or direction characters."""
    return Text(visible(str(text)), style=style)


def word(text: str) -> Text:
    """A status or kind in its colour."""
    return safe(text, STYLES.get(text, ""))


def say(text: str, style: str = "") -> None:
    """Talk."""
    err().print(safe(text, style))


def show_json(value: Any) -> None:
    """One object on one line, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def complain(error: AgentOSError) -> None:
    """One sentence, one advice, the code."""
    err().print(safe(f"{error.message} {error.advice} ({error.code})", "red"))
