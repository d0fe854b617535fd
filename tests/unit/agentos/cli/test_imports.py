"""The command line stays light: help needs neither the server nor the machine."""

import subprocess
import sys

import pytest

HEAVY = ("fastapi", "langgraph", "sqlalchemy", "httpx", "pydantic_settings", "uvicorn")


def loaded(code: str) -> set[str]:
    """Which of the heavy packages a fresh process has after this code."""
    told = "; print('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code + told], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(HEAVY) & set(done.stdout.rpartition("loaded")[2].split())


HELP = "import sys; from agentos.cli.main import app; app({!r}, standalone_mode=False)"


@pytest.mark.parametrize("arguments", [["--help"], ["launch", "--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(HELP.format(arguments)) == set()


def test_the_probe_sees_what_a_command_imports() -> None:
    assert {"httpx", "pydantic_settings"} == loaded(
        "import sys; import agentos.cli.client, agentos.settings"
    )
