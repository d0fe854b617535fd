"""Child processes that end with their parent, however it ends."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.errors import BadSetting


def start(arguments: Sequence[str], what: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """`agentos ARGUMENTS --json`, and the object it prints when it is ready.

    Its standard input is a pipe from us: when that closes, the child stops by itself.
    """
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "agentos", *arguments, "--json", "--stop-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        child.wait(10)
        raise BadSetting(f"The {what} did not start.", advice="Its own message stands above.")
    ready: dict[str, str] = json.loads(line)
    return child, ready


def stop(child: subprocess.Popen[str]) -> None:
    """Close the pipe and wait; a child that does not end is ended."""
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def inside(folder: Path) -> dict[str, Any]:
    """Where a server keeps its data in `folder`."""
    return {"sqlite_db_path": folder / "agentos.db", "sandbox_db_path": folder / "sandbox.db"}
