"""The database goes away, again and again: every run is done, and callers are told to come back."""

import asyncio
import signal
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import httpx
import pytest

from domain.status import RunStatus
from tests.doubles.house import House
from tests.faults.cluster import Cluster, cluster
from tests.faults.conftest import Systems, Tell, at_home
from tests.faults.crowd import Crowd
from tests.faults.life import Life, Twist, serve, work
from tests.faults.lives import begun
from tests.faults.records import Records
from tests.faults.twists import gives_up, mortal, refused_once, swept
from tests.integration.caller import RUNS
from tests.sandbox_server import MADE

FEW = ("newsletter", "grants")
ALL = ("slack", "github", *FEW)
PATIENCE_SECONDS = 500


@pytest.fixture
def postgres_of_ours() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


@pytest.fixture
def address(postgres_of_ours: Cluster) -> str:
    return postgres_of_ours.address


async def _restarts(cluster: Cluster, *, times: int, every: float) -> None:
    for _ in range(times):
        await asyncio.sleep(every)
        await asyncio.to_thread(cluster.restart)


async def _in_flight(
    life: Life,
    systems: Systems,
    runs: int,
    trouble: Awaitable[None],
    chosen: tuple[str, ...] = FEW,
) -> Crowd:
    """What so many callers are answered while there is trouble."""
    companies = [f"Company {number}" for number in range(runs)]
    with ExitStack() as stack:
        api, *workers = (
            stack.enter_context(begun(deed, replace(life, name=name)))
            for deed, name in ((serve, "api"), (work, "one"), (work, "two"))
        )
        for worker in workers:
            worker.hear()  # who is not there yet could not begin while there is trouble
        crowd = Crowd(api.hear(), chosen)
        looking = asyncio.create_task(crowd.look())
        await asyncio.gather(crowd.onboard(companies, PATIENCE_SECONDS), trouble)
        looking.cancel()
        for each in (api, *workers):
            assert each.end(signal.SIGTERM) == 0
    assert sorted(crowd.ended.values()) == ["completed"] * runs
    made = {kind: count * runs for kind, count in MADE.items()}
    assert systems.made() == {k: made[k] for k in made if k.split()[0] in _stand_ins(chosen)}
    return crowd


def _stand_ins(chosen: tuple[str, ...]) -> set[str]:
    """What the sandbox calls these systems."""
    return {"brevo" if name == "newsletter" else name for name in chosen}


@pytest.mark.parametrize(
    ("times", "every", "runs", "chosen"),
    [
        (2, 2, 30, FEW),
        pytest.param(12, 5, 200, ALL, marks=[pytest.mark.slow, pytest.mark.timeout(600)]),
    ],
)
async def test_all_runs_are_done_while_the_database_restarts(
    life: Life,
    systems: Systems,
    postgres_of_ours: Cluster,
    tell: Tell,
    times: int,
    every: float,
    runs: int,
    chosen: tuple[str, ...],
) -> None:
    restarts = _restarts(postgres_of_ours, times=times, every=every)
    crowd = await _in_flight(life, systems, runs, restarts, chosen)
    assert crowd.wrong == []
    assert crowd.answers[503]
    tell(f"{runs} runs completed over {times} restarts of the database: {dict(crowd.answers)}")


@pytest.mark.parametrize(
    "seconds", [4, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
async def test_all_runs_are_done_while_connections_are_killed(
    life: Life, systems: Systems, postgres_of_ours: Cluster, tell: Tell, seconds: float
) -> None:
    crowd = await _in_flight(life, systems, 30, postgres_of_ours.kill_backends(seconds))
    assert crowd.wrong == []
    tell(f"30 runs completed while 20 connections a second were killed: {dict(crowd.answers)}")


async def _starve(cluster: Cluster, seconds: float) -> None:
    async with cluster.full():
        await asyncio.sleep(seconds)


async def test_all_runs_are_done_when_no_connection_is_to_be_had_for_a_while(
    life: Life, systems: Systems, postgres_of_ours: Cluster, tell: Tell
) -> None:
    crowd = await _in_flight(life, systems, 10, _starve(postgres_of_ours, seconds=4))
    assert crowd.wrong == []
    tell(f"10 runs completed though the database was full for a while: {dict(crowd.answers)}")


async def test_a_server_lives_and_says_that_it_is_not_ready_while_the_database_is_full(
    life: Life, postgres_of_ours: Cluster
) -> None:
    with begun(serve, life) as api:
        async with httpx.AsyncClient(base_url=api.hear(), trust_env=False) as http:
            postgres_of_ours.restart()
            async with postgres_of_ours.full():
                live, ready, runs = [
                    await http.get(path) for path in ("/health/live", "/health/ready", RUNS)
                ]
            assert [answer.status_code for answer in (live, ready, runs)] == [200, 503, 503]
            assert ready.headers["retry-after"] and runs.headers["retry-after"]
            assert (await http.get(RUNS)).is_success


@pytest.mark.slow
@pytest.mark.parametrize(
    ("guards", "status"),
    [((), RunStatus.AWAITING_APPROVAL), ((mortal,), RunStatus.QUEUED)],
    ids=["begins again", "does not"],
)
async def test_a_worker_begins_again_after_a_restart(
    life: Life, postgres_of_ours: Cluster, guards: tuple[Twist, ...], status: RunStatus
) -> None:
    with begun(work, replace(life, twists=(*life.twists, *guards))):
        async with at_home(life) as home:
            await _planned(home)
        await postgres_of_ours.away(seconds=7)
        async with at_home(life) as home:
            run = await home.launch("Globex", systems=["newsletter"])
            run = await home.settle(run.run_id, seconds=5 if guards else 20)
        assert run.status is status


async def _planned(home: House) -> None:
    """A first run, so that the worker is known to be at work."""
    run = await home.launch(systems=["newsletter"])
    await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)


@pytest.mark.parametrize(
    ("guards", "status"),
    [((), RunStatus.AWAITING_APPROVAL), ((gives_up,), RunStatus.QUEUED)],
    ids=["waits", "gives up"],
)
async def test_a_ring_is_answered_when_the_database_is_back(
    life: Life, home: House, records: Records, guards: tuple[Twist, ...], status: RunStatus
) -> None:
    away = life.folder / "away"
    own: tuple[Twist, ...] = (partial(refused_once, when=away), partial(swept, seconds=3600))
    with begun(work, replace(life, twists=(*life.twists, *own, *guards))):
        await _planned(home)
        while records.rows("SELECT id FROM procrastinate_jobs"):
            await asyncio.sleep(0.02)
        away.touch()
        run = await home.launch("Globex", systems=["newsletter"])
        run = await home.settle(run.run_id, seconds=5)
        assert not away.exists()
        assert run.status is status
