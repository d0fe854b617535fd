"""Work that ends early when the server is about to stop, and leaves nothing behind."""

import asyncio

import pytest

from domain.errors import NotFound
from server.api.stopping import unless_set


async def forever() -> str:
    await asyncio.Event().wait()
    return "never"


async def done() -> str:
    return "done"


async def failing() -> str:
    raise NotFound("There is nothing here.")


def left() -> set[str]:
    """The work that goes on besides this test."""
    return {str(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def test_result_is_given_when_the_work_is_done_first() -> None:
    assert await unless_set(asyncio.Event(), done()) == "done"
    assert left() == set()


async def test_work_is_given_up_when_the_server_stops() -> None:
    stopping = asyncio.Event()
    waiting = asyncio.create_task(unless_set(stopping, forever()))
    await asyncio.sleep(0)
    stopping.set()
    assert await waiting is None
    assert left() == set()


async def test_nothing_waits_on_when_the_work_fails() -> None:
    with pytest.raises(NotFound):
        await unless_set(asyncio.Event(), failing())
    assert left() == set()


async def test_nothing_waits_on_when_the_caller_goes_away() -> None:
    waiting = asyncio.create_task(unless_set(asyncio.Event(), forever()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert left() == set()
