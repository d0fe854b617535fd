"""A worker that is told to stop ends soon and in peace, and what it had is done elsewhere."""

import asyncio

import pytest
from procrastinate import App

from server.worker.queue import Doorbell

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
