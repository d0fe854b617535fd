"""Child processes that end with their parent, however it ends."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from domain.errors import BadSetting

Child = subprocess.Popen[str]


def start(*arguments: str) -> Child:
    """`agentos ARGUMENTS --json`, which is not ready yet.

    Its standard input is a pipe from us: when that closes, the child stops by itself.
    """
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "agentos", *arguments, "--json", "--stop-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ready(child: Child, what: str) -> dict[str, str]:
    """The object that the child prints as soon as it is ready."""
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        child.wait(10)
        raise BadSetting(f"The {what} did not start.", advice="Its own message stands above.")
    told: dict[str, str] = json.loads(line)
    return told


async def over(child: Child) -> None:
    """Return when the child has ended."""
    while child.poll() is None:  # noqa: ASYNC110 - a thread that waits would hold up our own end
        await asyncio.sleep(0.2)


def stop(child: Child) -> None:
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
