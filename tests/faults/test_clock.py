"""A worker whose clock is wrong: what it saves still counts, and nobody waits by its clock."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from domain.decisions import DecisionKind
from domain.status import RunStatus
from tests.doubles.house import House
from tests.faults.conftest import Systems
from tests.faults.life import Life, Twist, work
from tests.faults.lives import begun
from tests.faults.twists import off_by, unseeded
from tests.sandbox_server import MADE

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@pytest.fixture
def address(installed: str) -> str:
    """Clocks can differ only where there are several processes."""
    return installed


async def _parked(life: Life, home: House) -> str:
    """A run that a worker with the right time has planned."""
    with begun(work, replace(life, name="right")):
        run = await home.launch()
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    return run.run_id


async def _to_the_end(home: House, systems: Systems, run_id: str, seconds: float = 20) -> RunStatus:
    """Through an escalation, so that the run is parked once more on what this worker has saved."""
    systems.sandbox.fault(kind="auth_revoked", system="brevo", times=1000)
    await home.decide(run_id, "approve")
    run = await home.settle(run_id, seconds=seconds)
    if run.status is RunStatus.ESCALATED:
        systems.sandbox.heal()
        await home.decide(run_id, DecisionKind.RETRY, systems=("newsletter",))
        run = await home.settle(run_id)
    return run.status


@pytest.mark.parametrize("seconds", [-60, 60], ids=["behind", "ahead"])
async def test_effects_stand_once_when_the_clock_of_a_worker_is_wrong(
    life: Life, systems: Systems, home: House, seconds: float
) -> None:
    run_id = await _parked(life, home)
    with begun(work, replace(life, twists=(*life.twists, partial(off_by, seconds=seconds)))):
        assert await _to_the_end(home, systems, run_id) is RunStatus.COMPLETED
    assert systems.made() == MADE


async def test_what_a_worker_behind_saves_is_lost_when_its_clock_is_not_seeded(
    life: Life, systems: Systems, home: House
) -> None:
    """The negative control: the run is parked, for all who read it, where it was before."""
    run_id = await _parked(life, home)
    twists: tuple[Twist, ...] = (partial(off_by, seconds=-60), unseeded)
    with begun(work, replace(life, twists=(*life.twists, *twists))):
        status = await _to_the_end(home, systems, run_id, seconds=5)
    assert status not in (RunStatus.COMPLETED, RunStatus.ESCALATED)


@contextmanager
def _faked(life: Life, shift: str) -> Iterator[None]:
    """`agentos worker` in a process for which the time of day is another."""
    command = [sys.executable, "-m", "agentos", "worker", "--json"]
    environment = {
        "PATH": os.defpath,
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME": shift,
        "DONT_FAKE_MONOTONIC": "1",
        "DATABASE_URL": life.database,
        "SANDBOX_URL": life.sandbox,
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        try:
            assert process.stdout
            assert b"worker" in process.stdout.readline()
            assert "libfaketime" in Path(f"/proc/{process.pid}/maps").read_text()
            yield
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not FAKETIME, reason="faketime is not installed")
@pytest.mark.parametrize("shift", ["-60s", "+60s"])
async def test_effects_stand_once_when_all_of_a_process_is_at_another_time(
    life: Life, systems: Systems, home: House, shift: str
) -> None:
    """Also a system's wish to be left alone for some seconds is kept by the store's time."""
    run_id = await _parked(life, home)
    with _faked(life, shift):
        systems.sandbox.fault(kind="rate_limit", system="slack", method="POST", retry_after=6)
        assert await _to_the_end(home, systems, run_id) is RunStatus.COMPLETED
    assert systems.made() == MADE
