"""Commands that documents, units and images name are commands of ours, with such options."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from agentos.cli.main import app

ROOT = Path(__file__).parents[3]
NAMING = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "systems/*.md", "docs/deployment/*")
    for path in ROOT.glob(pattern)
    if path.is_file()
)
_COMMAND = re.compile(r"(?:^|[`/ ])agentos ((?:[a-z][a-z-]* ?)*)([^`\n|#]*)", re.MULTILINE)


def named(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words and the options of every command in code."""
    code = re.findall(
        r"```sh\n(.*?)```|`([^`\n]+)`|^(ExecStart=.*|\s*command: .*)$", text, re.S | re.M
    )
    for piece in ("".join(parts) for parts in code):
        for words, rest in _COMMAND.findall(piece):
            yield words.split(), re.findall(r"--[a-z-]+", rest)


def fault(words: list[str], options: list[str]) -> str | None:
    """What of it does not exist."""
    command: Any = typer.main.get_command(app)
    for word in words:
        commands = getattr(command, "commands", None)
        if commands is None:
            break  # an argument
        if word not in commands:
            return word
        command = commands[word]
    known = {"--help"}
    for parameter in command.params:
        known |= {*parameter.opts, *parameter.secondary_opts}
    return next((option for option in options if option not in known), None)


@pytest.mark.parametrize("document", NAMING)
def test_commands_that_are_named_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    wrong = [(words, options) for words, options in named(text) if fault(words, options)]
    assert wrong == []


@pytest.mark.parametrize("command", ["agentos fly", "agentos run fly", "agentos launch A --fly"])
def test_a_command_that_does_not_exist_is_found(command: str) -> None:
    ((words, options),) = named(f"`{command}`")
    assert fault(words, options)
