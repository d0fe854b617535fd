"""A worker that is told to stop ends soon and in peace, and what it had is done elsewhere."""

import asyncio

import pytest
from procrastinate import App

from server.lifecycle.service import Bell
from server.store.postgres import PostgresDatabase
from server.worker.queue import Doorbell
from server.worker.queued import QueuedEngine
from tests.contract.engines.recorder import Recorder

NOBODY = "host=127.0.0.1 port=1 dbname=none"


async def _nothing(_run_id: str) -> None:
    return


async def _left(doorbell: Doorbell) -> list[str]:
    """What goes on when a doorbell was told to stop while it connects."""
    answering = asyncio.create_task(doorbell.answer(grace_seconds=1))
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
