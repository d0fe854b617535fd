"""A worker that dies in the middle of its work: another has the run at once and does the rest."""

import asyncio
import signal
import time
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from domain.status import RunStatus
from tests.doubles.house import House
from tests.faults.conftest import Systems, Tell
from tests.faults.life import Life, Twist, work
from tests.faults.lives import begun
from tests.faults.records import Records
from tests.faults.turnstile import Held
from tests.faults.twists import blind, forgetful, leased, never_claiming, swept
from tests.sandbox_server import MADE

LISTS = "/contacts/lists"
ANSWERED = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
FINISHED = {"slack", "github", "grants"}


@pytest.fixture
def address(installed: str) -> str:
    """There is one worker only on SQLite."""
    return installed


def _worker(life: Life, name: str, *twists: Twist) -> Life:
    return replace(life, name=name, twists=(*life.twists, *twists))


async def _three_of_four(home: House, held: Held) -> str:
    """A run of which all is done but the newsletter, whose call is under way."""
    run = await home.launch()
    await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    await home.decide(run.run_id, "approve")
    await held.arrived()
    while {name for name, step in run.steps.items() if step.settled} != FINISHED:
        run = await home.until(run.run_id, RunStatus.PROVISIONING)
        await asyncio.sleep(0.02)
    return run.run_id


def _owner(records: Records) -> str | None:
    ((owner,),) = records.rows("SELECT owner FROM runs")
    return str(owner) if owner else None


async def _owned(records: Records, worker: str, seconds: float) -> float | None:
    """After how many seconds the run is this worker's, None if it is not within so many."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        if _owner(records) == worker:
            return time.monotonic() - began
        await asyncio.sleep(0.01)
    return None


@pytest.mark.parametrize(
    ("guard", "again"),
    [((), {"brevo"}), ((forgetful,), {*FINISHED, "brevo"})],
    ids=["sound", "not"],
)
async def test_a_run_is_taken_over_at_once_and_only_the_rest_is_done(
    life: Life,
    systems: Systems,
    home: House,
    records: Records,
    tell: Tell,
    guard: tuple[Twist, ...],
    again: set[str],
) -> None:
    held = systems.turnstile.hold(LISTS)
    with begun(work, _worker(life, "first", *guard)) as first:
        run_id = await _three_of_four(home, held)
        with begun(work, _worker(life, "second", *guard)) as second:
            heir = second.hear()
            killed = systems.sandbox.requests()[-1]["n"]
            assert first.end(signal.SIGKILL) == -signal.SIGKILL
            seconds = await _owned(records, heir, seconds=30)
            await home.until(run_id, RunStatus.COMPLETED)
    ((verified,),) = records.rows("SELECT at FROM run_events WHERE type = 'validation_started'")
    worked_on = {
        request["system"]
        for request in systems.sandbox.requests(since=killed)
        if datetime.fromisoformat(request["at"]) < verified
    }
    assert worked_on == again
    assert systems.made() == MADE
    assert seconds is not None
    tell(f"a run of a killed worker was taken over within {seconds:.1f} s")
    assert seconds < 5 or guard


@pytest.mark.parametrize(
    ("lease", "guards", "taken"),
    [(3600, (), True), (3600, (blind,), False), (1, (blind,), True)],
    ids=["seen gone", "nobody looks", "lease runs out"],
)
async def test_a_dead_worker_is_noticed_and_else_its_lease_runs_out(
    life: Life,
    systems: Systems,
    home: House,
    records: Records,
    lease: float,
    guards: tuple[Twist, ...],
    taken: bool,
) -> None:
    held = systems.turnstile.hold("/lists")  # the planner's own look
    await home.launch(systems=["newsletter"])
    long = partial(leased, seconds=lease)
    with begun(work, _worker(life, "first", long)) as first:
        first.hear()
        await held.arrived()
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
    with begun(work, _worker(life, "second", long, *guards)) as second:
        heir = second.hear()
        assert (await _owned(records, heir, seconds=5) is not None) is taken


@pytest.mark.parametrize(
    ("seconds", "done"), [(1, True), (3600, False)], ids=["looked for", "nobody looks"]
)
async def test_a_ring_that_died_with_its_worker_is_rung_again(
    life: Life, systems: Systems, home: House, records: Records, seconds: float, done: bool
) -> None:
    """The heir has its only place taken, so that the other one gets the ring."""
    held = systems.turnstile.hold("/lists")
    heir = replace(_worker(life, "heir", partial(swept, seconds=seconds)), slots=1)
    with begun(work, heir):
        await home.launch(systems=["newsletter"])
        await held.arrived()
        with begun(work, _worker(life, "dead", never_claiming)) as dead:
            dead.hear()
            run = await home.launch("Globex", systems=["newsletter"])
            heard = f"status = 'doing' AND args->>'run_id' = '{run.run_id}'"
            while not records.rows(f"SELECT id FROM procrastinate_jobs WHERE {heard}"):
                await asyncio.sleep(0.02)
            dead.end(signal.SIGKILL)
        held.let_go()
        run = await home.settle(run.run_id, seconds=5)
        assert (run.status is RunStatus.AWAITING_APPROVAL) is done
