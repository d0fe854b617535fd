"""The doorbell of Postgres mode: who hears a ring, and what is forgotten."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from server.worker import queue, queued
from server.worker.queue import Doorbell
from tests.contract.engines.conftest import one_life
from tests.contract.engines.recorder import Recorder

RUNS = 12


async def test_nothing_is_tidied_while_no_rings_are_answered(installed: str) -> None:
    async def never(_run_id: str, _graph_version: str) -> None:
        raise AssertionError

    await Doorbell(installed, never, slots=1).tidy()


async def _heard(folder: Path, address: str, seconds: float) -> int:
    """How many runs of a later release its worker executes beside a worker of the older one."""
    older, later = Recorder(graph_versions=("1",)), Recorder(graph_versions=("1", "2"))
    async with one_life(folder, address, older) as old, one_life(folder, address, later):
        launcher = replace(old, service=replace(old.service, graph_version="2"))
        for number in range(RUNS):
            await launcher.launch(f"Company {number}")
        with suppress(TimeoutError):
            await later.until(lambda: len(later.order) == RUNS, seconds)
        assert older.order == []
    return len(later.order)


@pytest.fixture
def unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for runs that were not heard."""
    monkeypatch.setattr(queued, "SWEEP_SECONDS", 3600)


@pytest.mark.usefixtures("unswept")
async def test_a_worker_of_an_older_release_uses_up_no_ring_of_a_later_one(
    tmp_path: Path, installed: str
) -> None:
    assert await _heard(tmp_path, installed, 20) == RUNS


@pytest.mark.usefixtures("unswept")
async def test_rings_are_used_up_when_all_releases_share_a_queue(
    tmp_path: Path, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the worker of the older release hears every ring."""
    monkeypatch.setattr(queue, "_queue", lambda _version: "runs")
    assert await _heard(tmp_path, installed, 3) < RUNS
