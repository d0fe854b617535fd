"""The command itself: help that fits, documented codes, wrong use, its version."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from agentos.cli.exits import MEANING, Exit
from agentos.cli.main import app

GROUPS = ("", "run", "batch", "keys", "db", "eval", "audit", "webhooks")


def agentos(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    return result.exit_code, result.output


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_has_one_whole_line_of_help(group: str) -> None:
    code, text = agentos(*group.split(), "--help")
    assert code == 0
    commands = text.split("Commands:")[1].split("\n\n")[0].splitlines()[1:]
    assert commands
    assert [line for line in commands if line.endswith("...") or not line.endswith(".")] == []
    assert max(map(len, text.splitlines())) <= 80


def test_help_documents_every_exit_code() -> None:
    told = " ".join(agentos("--help")[1].split())
    assert set(MEANING) == set(Exit)
    for code in Exit:
        assert f"{code.value} {MEANING[code]}" in told


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("run", "show"),
        ("launch",),
        ("dev", "--port", "70000"),
        ("runs", "--bad"),
    ],
)
def test_wrong_use_is_2(arguments: tuple[str, ...]) -> None:
    assert agentos(*arguments)[0] == Exit.WRONG_USE


def test_it_tells_its_version() -> None:
    assert agentos("--version") == (0, f"agentos {version('agentos')}\n")
