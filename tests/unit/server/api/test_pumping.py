"""Results that are sent while the work goes on."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from server.api.pumping import pumped


class Source:
    """Counts to two and then waits for ever, or fails; remembers how it ended."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.cleaned = 0
        self.waits = asyncio.Event()

    async def items(self) -> AsyncGenerator[int]:
        try:
            yield 1
            yield 2
            self.waits.set()
            if self.fails:
                raise ValueError("no third")
            await asyncio.Future()
        finally:
            await asyncio.sleep(0)
            self.cleaned += 1


async def test_what_it_raises_is_raised_after_all_that_it_gave() -> None:
    source = Source(fails=True)
    flowing = pumped(source.items(), asyncio.Event())
    assert [await anext(flowing), await anext(flowing)] == [1, 2]
    with pytest.raises(ValueError, match="no third"):
        await anext(flowing)
    assert source.cleaned == 1


async def test_it_is_ended_and_cleans_up_when_the_server_stops() -> None:
    source = Source()
    flowing = pumped(source.items(), source.waits)
    assert await anext(flowing) == 1
    await source.waits.wait()
    assert [item async for item in flowing] == []
    assert source.cleaned == 1


async def test_it_is_ended_and_cleans_up_when_nobody_takes_any_more() -> None:
    source = Source()
    flowing = pumped(source.items(), asyncio.Event())
    assert await anext(flowing) == 1
    await flowing.aclose()
    assert source.cleaned == 1


async def test_it_says_when_nothing_has_come_for_a_while() -> None:
    source = Source()
    flowing = pumped(source.items(), asyncio.Event(), quiet_seconds=0.01)
    assert [await anext(flowing) for _ in range(4)] == [1, 2, None, None]
    await flowing.aclose()
    assert source.cleaned == 1
