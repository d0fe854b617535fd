"""Rings, timers, priority and limits: the same for both engines."""

import asyncio

import pytest

from domain.errors import Invalid
from server.store.claims import Claim, Limits
from server.worker.drive import Brake
from tests.contract.engines.conftest import Begin, Works
from tests.contract.engines.recorder import Recorder, until_stopped


async def test_a_launched_run_is_executed(works: Begin) -> None:
    recorder = Recorder()
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: recorder.order == [run_id])


async def test_a_run_launched_while_nobody_served_is_executed_later(works: Begin) -> None:
    async with works() as life:
        run_id = await life.launch()
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [run_id])


async def test_a_wake_is_nothing_when_its_transaction_rolls_back(works: Begin) -> None:
    recorder = Recorder()
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: recorder.order == [run_id])
        with pytest.raises(Invalid):
            await _wake_and_fail(life, run_id)
        other = await life.launch("Globex")
        await recorder.until(lambda: other in recorder.order)
        assert recorder.order == [run_id, other]
        assert (await life.row(run_id)).wake_at is None


async def _wake_and_fail(life: Works, run_id: str) -> None:
    async with life.database.write() as tx:
        await life.engine.wake(tx, run_id)
        raise Invalid("no")


async def test_many_wakes_during_an_execution_are_one_more(works: Begin) -> None:
    go_on = asyncio.Event()

    async def hold(_claim: Claim, _brake: Brake) -> None:
        await go_on.wait()

    recorder = Recorder(hold)
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: len(recorder.order) == 1)
        await asyncio.gather(*(life.wake(run_id) for _ in range(20)))
        go_on.set()
        await recorder.until(lambda: len(recorder.order) == 2)
        other = await life.launch("Globex")
        await recorder.until(lambda: recorder.order == [run_id, run_id, other])
        assert recorder.most["all"] == 1


async def test_a_timer_does_not_fire_before_its_time_and_does_fire(works: Begin) -> None:
    recorder = Recorder()
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: len(recorder.order) == 1)
        await life.wake(run_id, seconds=1.5)
        due = (await life.row(run_id)).wake_at
        assert due is not None
        await recorder.until(lambda: len(recorder.order) == 2)
        async with life.database.write() as tx:
            assert tx.now >= due


async def test_a_timer_does_not_hold_up_a_wake(works: Begin) -> None:
    recorder = Recorder()
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: len(recorder.order) == 1)
        await life.wake(run_id, seconds=3600)
        await life.wake(run_id)
        await recorder.until(lambda: len(recorder.order) == 2)


async def test_a_timer_fires_in_a_later_life(works: Begin) -> None:
    recorder = Recorder()
    async with works(recorder) as life:
        run_id = await life.launch()
        await recorder.until(lambda: len(recorder.order) == 1)
        await life.wake(run_id, seconds=1)
    recorder = Recorder()
    async with works(recorder):
        await recorder.until(lambda: recorder.order == [run_id])


async def test_the_more_urgent_run_comes_first(works: Begin) -> None:
    async with works() as life:
        runs = [await life.launch(name) for name in ("Acme", "Globex", "Initech")]
        await life.wake(runs[1], priority=1)
        await life.wake(runs[2], priority=2)
    recorder = Recorder()
    async with works(recorder, slots=1):
        await recorder.until(lambda: len(recorder.order) == 3)
    assert recorder.order == [runs[2], runs[1], runs[0]]


async def _rest(_claim: Claim, _brake: Brake) -> None:
    await asyncio.sleep(0.05)


async def test_no_more_runs_than_the_limit_are_executed_at_a_time(works: Begin) -> None:
    async with works() as life:
        runs = [await life.launch(f"Company {number}") for number in range(8)]
    recorder = Recorder(_rest)
    async with works(recorder, slots=8, limits=Limits(in_all=2)):
        await recorder.until(lambda: sorted(recorder.order) == sorted(runs))
    assert recorder.most["all"] == 2


async def test_a_tenant_gets_no_more_than_its_share(works: Begin) -> None:
    tenants = {}
    async with works() as life:
        for number in range(8):
            tenant = f"tenant {number % 2}"
            tenants[await life.launch(f"Company {number}", tenant=tenant)] = tenant
    recorder = Recorder(_rest, group=tenants.__getitem__)
    async with works(recorder, slots=8, limits=Limits(per_tenant=1)):
        await recorder.until(lambda: sorted(recorder.order) == sorted(tenants))
    assert recorder.most == {"tenant 0": 1, "tenant 1": 1}


async def test_without_limits_the_same_runs_do_overlap(works: Begin) -> None:
    async with works() as life:
        for number in range(8):
            await life.launch(f"Company {number}")
    recorder = Recorder(until_stopped)
    async with works(recorder, slots=8):
        await recorder.until(lambda: recorder.most["all"] > 2)
