"""However a server ends, nothing of it stays: signals, a lost sandbox, a parent that was killed."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.running import AGENTOS, alive, dev, end, gone

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("send", "number"),
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGINT)],
    ids=["SIGTERM", "Ctrl+C"],
)
def test_a_signal_ends_server_and_sandbox_in_order(
    tmp_path: Path, send: Callable[[int, int], None], number: int
) -> None:
    with dev(tmp_path) as (running, process):
        assert len(alive(running.group)) == 2
        run = running.parked("Acme Corp")
        stream = running.events(run["run_id"], 0)
        assert next(stream)["type"] == "run_launched"
        send(process.pid, number)
        assert [event["type"] for event in stream][-1] == "approval_requested"
        assert process.wait(20) == 0
        assert alive(running.group) == []  # the sandbox has ended before its parent
        assert process.stderr
        assert "sandbox has ended" not in process.stderr.read()


def test_a_server_whose_sandbox_dies_ends_and_says_why(tmp_path: Path) -> None:
    with dev(tmp_path) as (running, process):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert process.wait(20) == 1
        assert process.stderr
        assert "The sandbox has ended, so the server ends too." in process.stderr.read()
        assert gone(running.group)


def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    """The demo is parent and grandparent: killing it ends the server and the sandbox."""
    demo = subprocess.Popen(
        [*AGENTOS, "demo", "--keep", "--data", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with demo:
        try:
            assert demo.stderr
            assert any("until you press Enter" in line for line in demo.stderr)
            assert len(alive(demo.pid)) == 3
            demo.kill()
            demo.wait()
            assert gone(demo.pid)
        finally:
            end(demo.pid)
