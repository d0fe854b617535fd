"""kill -9 of server, worker and sandbox at once: after a restart each run ends by itself."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.life import life
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e

MOMENTS = (1, 3, 5, 7, 9, 12, 15, 18, 20, 22)
"""Killed as soon as so many events have followed the approval; a run has 26 of them in all."""

EACH = {
    "slack": {"channel": 1, "message": 1},
    "github": {"team": 1, "repository": 1, "grant": 1},
    "brevo": {"list": 1},
    "grants": {"application": 1},
}
FROM_THE_START = {("slack", "channel"): 1, ("github", "repository"): 1}


def test_ten_kills_leave_ten_finished_runs_and_every_object_once(tmp_path: Path) -> None:
    """Two stories side by side, since a restarted server spends most of its time looking twice."""
    folders = (tmp_path / "odd", tmp_path / "even")
    with ThreadPoolExecutor() as pool:
        stories = pool.map(_killed_at, folders, (MOMENTS[::2], MOMENTS[1::2]))
    last = [event for story in stories for event in story]
    assert {"step_started", "change_applied", "step_finished"} < set(last), last
    assert "run_completed" not in last


def _killed_at(folder: Path, moments: Sequence[int]) -> list[str]:
    """Each life ends the run that the last one left, and is killed during the next.

    Returns the last event before each kill.
    """
    run_id, last = "", []
    for number, moment in enumerate(moments):
        with life(folder) as server:
            _finished(server, run_id)
            run = server.parked(f"Company {number}")
            run_id = run["run_id"]
            server.approve(run)
            events = server.events(run_id, run["version"])
            last.append([next(events)["type"] for _ in range(moment)][-1])
    with life(folder) as server:
        _finished(server, run_id)
        assert _objects(server) == {
            system: {
                kind: each * len(moments) + FROM_THE_START.get((system, kind), 0)
                for kind, each in kinds.items()
            }
            for system, kinds in EACH.items()
        }
    return last


def _finished(server: Running, run_id: str) -> None:
    if run_id:
        run = server.until(run_id, "completed")
        assert [step["status"] for step in run["steps"]] == ["success"] * 4
        assert all(r["created_by_us"] for step in run["steps"] for r in step["resources"])


def _objects(server: Running) -> dict[str, dict[str, int]]:
    counts = server.sandbox.counts()
    return {
        system: {kind: counts[system][kind] for kind in kinds} for system, kinds in EACH.items()
    }


@pytest.mark.parametrize(("careless", "lists"), [(False, 1), (True, 2)])
def test_an_effect_whose_answer_died_is_doubled_only_when_nobody_looks(
    tmp_path: Path, careless: bool, lists: int
) -> None:
    """The list is made, the answer is lost, and the look-up that follows is cut off by the kill."""
    with life(tmp_path) as server:
        run = server.parked("Acme Corp", systems=["newsletter"])
        wire: dict[str, Any] = {"system": "brevo", "path_regex": "/lists$"}
        server.sandbox.fault(kind="lost_after_effect", method="POST", **wire)
        server.sandbox.fault(kind="slow", method="GET", skip=1, seconds=60, **wire)
        server.approve(run)
        while not _held(server):
            time.sleep(0.01)
        assert server.sandbox.counts()["brevo"]["list"] == 1
    with life(tmp_path, careless=careless) as server:
        server.until(run["run_id"], "completed")
        assert server.sandbox.counts()["brevo"]["list"] == lists


def _held(server: Running) -> bool:
    """Whether the look-up after the lost answer waits for its own."""
    writes = server.sandbox.requests(system="brevo", method="POST")
    return bool(writes) and any(
        entry["status"] is None
        for entry in server.sandbox.requests(system="brevo", method="GET", since=writes[-1]["n"])
    )
