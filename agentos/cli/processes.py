"""Child processes that end with their parent, however it ends."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.errors import AgentOSError

Child = subprocess.Popen[str]


@contextmanager
def started(*arguments: str) -> Iterator[Child]:
    """`agentos ARGUMENTS --json`, which is not ready yet; at the end it is stopped.

    Its standard input is a pipe from us: when that closes, the child stops by itself.
    """
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "agentos", *arguments, "--json", "--stop-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        _stop(child)


def ready(child: Child, what: str) -> dict[str, str]:
    """The object that the child prints as soon as it is ready; its error becomes ours."""
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise AgentOSError(f"The {what} did not start.", advice="Its own message stands above.")
    told: dict[str, Any] = json.loads(line)
    if problem := told.get("error"):
        error = AgentOSError(problem["message"], advice=problem["advice"])
        error.code = problem["code"]
        raise error
    return told


async def over(child: Child) -> None:
    """Return when the child has ended."""
    while child.poll() is None:  # noqa: ASYNC110 - a thread that waits would hold up our own end
        await asyncio.sleep(0.2)


def _stop(child: Child) -> None:
    """Close the pipe and wait; a child that does not end is ended."""
    with child:
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()


def forget(folder: Path) -> None:
    """Remove what a server keeps in `folder`, and nothing else that may be there."""
    for pattern in ("agentos*.db*", "sandbox.db*"):
        for file in folder.glob(pattern):
            file.unlink()


def inside(folder: Path) -> dict[str, Any]:
    """The settings of a server that keeps all its data in `folder`."""
    files = {"sqlite_db_path": folder / "agentos.db", "sandbox_db_path": folder / "sandbox.db"}
    return {"database_url": "", **files}
