"""Children: their first line, their errors, and that they end with the block that started them."""

import signal
from pathlib import Path

import httpx
import pytest

from agentos.cli import processes
from domain.errors import AgentOSError


def test_the_error_of_a_child_becomes_ours(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with (
        processes.started("sandbox", "--db", str(file / "sandbox.db")) as child,
        pytest.raises(AgentOSError, match="The sandbox cannot keep its objects") as fault,
    ):
        processes.ready(child, "sandbox")
    assert fault.value.code == "bad_setting"
    assert child.returncode == 2


def test_a_child_that_says_nothing_did_not_start() -> None:
    with (
        processes.started("nonsense") as child,
        pytest.raises(AgentOSError, match=r"The sandbox did not start\."),
    ):
        processes.ready(child, "sandbox")


def test_a_child_ends_with_the_block_that_started_it(tmp_path: Path) -> None:
    db = tmp_path / "sandbox.db"
    with processes.started("sandbox", "--db", str(db)) as child:
        assert processes.ready(child, "sandbox")["url"].startswith("http://127.0.0.1:")
        assert child.poll() is None
    assert child.returncode == 0


def test_a_signal_to_the_whole_group_leaves_the_sandbox_to_its_parent(tmp_path: Path) -> None:
    with processes.started("sandbox", "--db", str(tmp_path / "sandbox.db")) as child:
        url = processes.ready(child, "sandbox")["url"]
        for number in (signal.SIGINT, signal.SIGTERM):
            child.send_signal(number)
        assert httpx.get(f"{url}/_sandbox/health", trust_env=False).is_success
    assert child.returncode == 0


def test_forgetting_a_demo_leaves_everything_else(tmp_path: Path) -> None:
    for name in ("agentos.db", "agentos.db.lock", "agentos-checkpoints.db-wal", "sandbox.db"):
        (tmp_path / name).touch()
    for name in ("letter.txt", "other.db"):
        (tmp_path / name).touch()
    processes.forget(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["letter.txt", "other.db"]
