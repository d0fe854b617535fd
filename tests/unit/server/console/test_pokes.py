"""The stream that says when to look: on a ring, after a quiet while, and never for ever."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from server.console import pokes
from server.console.pokes import Pokes
from server.lifecycle.service import ANY_RUN, Bell

LONG = 60.0


def open_pages(limit: int = 10) -> tuple[Pokes, Bell, asyncio.Event]:
    bell, stopping = Bell(), asyncio.Event()
    return Pokes(bell, stopping, limit=limit), bell, stopping


async def begun(stream: AsyncGenerator[bytes]) -> None:
    """The retry time, and the poke that every page gets at first."""
    assert b"retry: 1000" in await anext(stream)
    assert b"event: poke" in await anext(stream)


async def soon(stream: AsyncGenerator[bytes]) -> bytes:
    async with asyncio.timeout(10):
        return await anext(stream)


@pytest.mark.parametrize("topic", ["run_1", ANY_RUN])
async def test_a_change_is_a_poke(topic: str) -> None:
    pages, bell, _ = open_pages()
    async with aclosing(pages.follow(topic, quiet_seconds=LONG)) as stream:
        await begun(stream)
        following = asyncio.ensure_future(soon(stream))
        await asyncio.sleep(0)
        bell.ring("run_1")
        assert b"event: poke" in await following


async def test_another_runs_change_is_none() -> None:
    pages, bell, _ = open_pages()
    async with aclosing(pages.follow("run_1", quiet_seconds=LONG)) as stream:
        await begun(stream)
        following = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        bell.ring("run_2")
        done, _ = await asyncio.wait([following], timeout=3 * pokes.CALM_SECONDS)
        assert not done
        following.cancel()
        await asyncio.wait([following])


async def test_a_quiet_while_is_a_poke_too() -> None:
    pages, _, _ = open_pages()
    async with aclosing(pages.follow("run_1", quiet_seconds=0.01)) as stream:
        await begun(stream)
        assert b"event: poke" in await soon(stream)


async def test_a_server_that_stops_ends_the_stream() -> None:
    pages, _, stopping = open_pages()
    async with aclosing(pages.follow("run_1", quiet_seconds=LONG)) as stream:
        await begun(stream)
        following = asyncio.ensure_future(soon(stream))
        await asyncio.sleep(0)
        stopping.set()
        with pytest.raises(StopAsyncIteration):
            await following


async def test_a_stream_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pokes, "LIFE_SECONDS", 0.0)
    pages, _, _ = open_pages()
    frames = [frame async for frame in pages.follow("run_1", quiet_seconds=LONG)]
    assert len(frames) == 1


async def test_no_more_pages_are_served_than_there_is_room_for() -> None:
    pages, bell, _ = open_pages(limit=1)
    stream = pages.follow("run_1", quiet_seconds=LONG)
    assert not pages.full
    await begun(stream)
    assert pages.full
    await stream.aclose()
    assert not pages.full and not bell._waiting


async def test_a_page_that_was_left_is_forgotten() -> None:
    pages, bell, _ = open_pages()
    left = asyncio.get_running_loop().create_future()
    async with aclosing(pages.follow("run_1", left=left, quiet_seconds=LONG)) as stream:
        await begun(stream)
        following = asyncio.ensure_future(soon(stream))
        await asyncio.sleep(0)
        left.set_result(None)
        with pytest.raises(StopAsyncIteration):
            await following
    assert not bell._waiting
