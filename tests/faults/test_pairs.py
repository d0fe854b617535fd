"""Many times two people answer one question at the same instant, through two doors."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Systems
from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office, opened
from tests.integration.onboarding.test_races import winner

AT_A_TIME = 10


@pytest.fixture
async def office(tmp_path: Path, systems: Systems) -> AsyncIterator[Office]:
    """The whole service behind its real server."""
    async with opened(tmp_path, systems.sandbox) as office:
        yield office


async def _parked(office: Office, number: int, several: asyncio.Semaphore) -> str:
    async with several:
        run = await office.parked(f"Company {number}", systems=["newsletter"])
    run_id: str = run["run_id"]
    return run_id


def _pair(office: Office, run_id: str, number: int) -> list[Any]:
    """Two approvals, by the API and by webhook; which of them is sent first takes turns."""
    ann = {"approved": True, "responder": "ann"}
    ben = {"approved": True, "responder": "ben", "run_id": run_id}
    pair = [
        office.move(run_id, "resume", ann),
        office.http.post("/webhooks/approval", json=ben),
    ]
    return pair if number % 2 else pair[::-1]


async def _warm(http: httpx.AsyncClient) -> None:
    """Two connections are open, so that neither door has to be found first."""
    await asyncio.gather(*(http.get(RUNS, params={"limit": 1}) for _ in range(2)))


@pytest.mark.parametrize(
    "pairs", [20, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
async def test_exactly_one_decision_stands_each_time_and_every_effect_is_there_once(
    office: Office, pairs: int
) -> None:
    several = asyncio.Semaphore(AT_A_TIME)
    run_ids = await asyncio.gather(*(_parked(office, n, several) for n in range(pairs)))
    won = set()
    for number, run_id in enumerate(run_ids):
        await _warm(office.http)
        decision = winner(await asyncio.gather(*_pair(office, run_id, number)))
        won.add(decision["door"])
    assert won == {"api", "webhook"}
    for run_id in run_ids:
        run = await office.wait(run_id)
        assert (run["status"], len(run["decisions"])) == ("completed", 1)
    assert office.made() == {"brevo list": pairs}
