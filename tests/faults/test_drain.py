"""A worker that is told to stop ends soon and in peace, and what it had is done elsewhere."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from procrastinate import App

from domain.status import RunStatus
from server.lifecycle.service import Bell
from server.store.postgres import PostgresDatabase
from server.worker.queue import Doorbell
from server.worker.queued import QueuedEngine
from tests.contract.engines.recorder import Recorder
from tests.doubles.house import House
from tests.faults.conftest import Systems, Tell
from tests.faults.life import Life, work
from tests.faults.lives import begun
from tests.faults.records import Records

RUNS = 20
OWNED = "SELECT count(*) FROM runs WHERE owner IS NOT NULL"
NOBODY = "host=127.0.0.1 port=1 dbname=none"


@pytest.fixture
def address(installed: str) -> str:
    """There is somebody else to go on only on Postgres."""
    return installed


@contextmanager
def _worker(life: Life) -> Iterator["subprocess.Popen[bytes]"]:
    """`agentos worker` as a process of its own."""
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": life.database,
        "SANDBOX_URL": life.sandbox,
        "AGENTOS_WORKER_SLOTS": str(RUNS),
    }
    command = [sys.executable, "-m", "agentos", "worker", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        try:
            assert process.stdout
            assert b"worker" in process.stdout.readline()
            yield process
        finally:
            process.kill()


async def _in_flight(home: House, systems: Systems, records: Records, lost: int) -> list[str]:
    """Runs that make their list just now; so many of these calls are not answered at all."""
    systems.turnstile.hold("/contacts/lists", after=True, times=lost)
    systems.sandbox.fault(
        kind="slow", system="brevo", method="POST", path_regex="/lists$", seconds=2, times=RUNS
    )
    runs = [await home.launch(f"Company {n}", systems=["newsletter"]) for n in range(RUNS)]
    for run in runs:
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    await asyncio.gather(*(home.decide(run.run_id, "approve") for run in runs))
    async with asyncio.timeout(30):
        while records.rows(OWNED) != [(RUNS,)]:
            await asyncio.sleep(0.02)
    return [run.run_id for run in runs]


@pytest.mark.parametrize("lost", [0, 5], ids=["all park", "some are cut off"])
async def test_a_worker_ends_in_time_and_its_runs_go_on_elsewhere(
    life: Life, systems: Systems, home: House, records: Records, tell: Tell, lost: int
) -> None:
    with _worker(life) as process:
        run_ids = await _in_flight(home, systems, records, lost)
        began = time.monotonic()
        process.terminate()
        assert await asyncio.to_thread(process.wait, 30) == 0
        seconds = time.monotonic() - began
    assert records.rows(OWNED) == [(0,)]
    tell(f"a worker with {RUNS} runs in flight, {lost} of them stuck, ended in {seconds:.1f} s")
    assert seconds < 10
    with begun(work, replace(life, slots=RUNS)):
        for run_id in run_ids:
            await home.until(run_id, RunStatus.COMPLETED)
    assert systems.made() == {"brevo list": RUNS}


async def test_runs_of_a_worker_that_is_not_told_stay_its_own(
    life: Life, systems: Systems, home: House, records: Records
) -> None:
    """The negative control: without a drain the leases are left to be taken away."""
    with _worker(life) as process:
        await _in_flight(home, systems, records, lost=0)
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
    assert records.rows(OWNED) == [(RUNS,)]


async def _nothing(*_: object) -> None:
    return


async def _left(doorbell: Doorbell) -> list[str]:
    """What goes on when a doorbell was told to stop while it connects."""
    answering = asyncio.create_task(doorbell.answer(["1"], grace_seconds=1))
    await asyncio.sleep(0.1)
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)
    return [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}]


async def test_nothing_goes_on_when_a_worker_stops_while_it_connects() -> None:
    assert await _left(Doorbell(NOBODY, _nothing, slots=1)) == []


async def test_a_pool_goes_on_when_nobody_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: such a task cannot be cancelled, so its process never ends."""
    doorbell = Doorbell(NOBODY, _nothing, slots=1)
    with monkeypatch.context() as patch:
        patch.setattr(App, "close_async", _nothing)
        assert await _left(doorbell) != []
    await doorbell._app.close_async()


@pytest.mark.parametrize("heeds", [True, False], ids=["heeds", "does not"])
async def test_a_stop_is_heeded_when_the_work_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, heeds: bool
) -> None:
    """As it does while the database is away: the queue cannot sign off and says so instead."""
    engine = QueuedEngine(PostgresDatabase(NOBODY), Bell(), NOBODY)

    deaf = not heeds

    async def signing_off() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError as error:
            engine._stopping = not deaf
            raise ConnectionError("nobody to sign off from") from error

    monkeypatch.setattr(engine, "_answer", signing_off)
    monkeypatch.setattr(engine, "_tend", signing_off)
    monkeypatch.setattr("server.worker.queued.TEND_SECONDS", 0.0)
    await engine.serve(Recorder().driver)
    await asyncio.sleep(0)
    draining = asyncio.create_task(engine.drain())
    done, _ = await asyncio.wait({draining}, timeout=2)
    assert bool(done) is heeds
    deaf = False
    for task in engine._tasks:
        task.cancel()
    await draining
