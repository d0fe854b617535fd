"""How an engine stops, what failing runs do to it, and what it leaves alone."""

import asyncio
from datetime import timedelta

import pytest

from server.store import claims
from server.store.claims import Claim, Worker
from server.worker import execute
from server.worker.drive import Brake
from tests.contract.engines.conftest import Begin
from tests.contract.engines.recorder import Recorder, until_stopped


async def test_a_drain_parks_runs_and_the_next_life_goes_on(works: Begin) -> None:
    recorder = Recorder(until_stopped)
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: recorder.now["all"] == 1)
        await life.engine.drain()
        assert recorder.now["all"] == 0
        row = await life.row(run_id)
        assert (row.owner, row.failures) == (None, 0)
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [run_id])


async def test_a_run_that_does_not_park_is_cut_off_and_given_back(works: Begin) -> None:
    async def deaf(_claim: Claim, _brake: Brake) -> None:
        await asyncio.sleep(3600)

    recorder = Recorder(deaf)
    async with works(recorder, grace_seconds=0.2) as life:
        run_id = await life.launch()
        await recorder.until(lambda: recorder.now["all"] == 1)
        await life.engine.drain()
        assert (await life.row(run_id)).owner is None
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [run_id])


async def test_a_run_that_is_claimed_during_a_drain_is_given_back(works: Begin) -> None:
    recorder = Recorder(until_stopped)
    async with works(recorder) as life:
        runs = [await life.launch(f"Company {number}") for number in range(5)]
        await life.engine.drain()
        owners = [(await life.row(run_id)).owner for run_id in runs]
        assert owners == [None] * 5
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: set(recorder.order) == set(runs))


async def test_a_failing_run_is_tried_again_and_others_are_not_disturbed(works: Begin) -> None:
    tries = []

    async def fail_once(claim: Claim, _brake: Brake) -> None:
        tries.append(claim)
        if len(tries) == 1:
            raise RuntimeError("a defect")

    recorder = Recorder(fail_once)
    async with works(recorder) as life:
        bad = await life.launch()
        await recorder.until(lambda: len(recorder.order) == 1)
        good = await life.launch("Globex")
        await recorder.until(lambda: recorder.order == [bad, good, bad])
    assert [claim.failures for claim in tries if claim.run_id == bad] == [1, 2]


async def test_a_run_that_always_kills_its_worker_is_stopped(works: Begin) -> None:
    async with works() as life:
        run_id = await life.launch(failures=execute.MAX_FAILURES, claimed_version=1)
    recorder = Recorder()
    async with works(recorder) as life:
        await recorder.until(lambda: recorder.failed == ["poisoned"])
        assert recorder.order == [run_id]


async def test_a_run_that_gets_on_is_not_stopped_however_many_workers_die(works: Begin) -> None:
    async with works() as life:
        run_id = await life.launch(failures=execute.MAX_FAILURES, claimed_version=0)
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [run_id])
    assert recorder.failed == []


async def test_a_run_of_an_unknown_graph_version_is_left_alone(works: Begin) -> None:
    recorder = Recorder()
    async with works() as life:
        foreign = await life.launch(graph_version="99")
    async with works(recorder) as life:
        known = await life.launch("Globex")
        await recorder.until(lambda: recorder.order == [known])
        assert (await life.row(foreign)).wake_at is not None


async def test_a_version_that_is_known_is_executed(works: Begin) -> None:
    async with works() as life:
        foreign = await life.launch(graph_version="99")
    recorder = Recorder(graph_versions=("1", "99"))
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [foreign])


async def test_a_lease_that_ran_out_lets_another_worker_take_the_run(works: Begin) -> None:
    async with works() as life:
        run_id = await life.launch()
        async with life.database.write() as tx:
            first = await claims.take(tx, Worker("one", ("1",), lease_seconds=-1))
        async with life.database.write() as tx:
            second = await claims.take(tx, Worker("two", ("1",), lease_seconds=9), run_id=run_id)
        assert first is not None
        assert second is not None
        assert second.fence > first.fence
        async with life.database.write() as tx:
            assert not await claims.extend(tx, first, 9)
            assert await claims.extend(tx, second, 9)


@pytest.mark.parametrize("seconds", [9, 3600])
async def test_a_lease_that_holds_keeps_others_away(works: Begin, seconds: int) -> None:
    async with works() as life:
        run_id = await life.launch()
        async with life.database.write() as tx:
            assert await claims.take(tx, Worker("one", ("1",), lease_seconds=seconds))
        async with life.database.write() as tx:
            other = Worker("two", ("1",), lease_seconds=9)
            assert await claims.take(tx, other) is None
            assert await claims.take(tx, other, run_id=run_id) is None


async def test_a_worker_cut_off_cannot_give_back_what_is_not_its_own(works: Begin) -> None:
    async with works() as life:
        run_id = await life.launch()
        async with life.database.write() as tx:
            lost = await claims.take(tx, Worker("one", ("1",), lease_seconds=9))
            assert lost is not None
            await claims.free(tx, "one")
            taken = await claims.take(tx, Worker("two", ("1",), lease_seconds=9), run_id=run_id)
            assert taken is not None
            again = tx.now + timedelta(seconds=1)
            assert await claims.release(tx, lost, again_at=again, failed=False) is None
        assert (await life.row(run_id)).owner == "two"
