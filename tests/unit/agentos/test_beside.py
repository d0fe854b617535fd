"""What goes on beside a server ends with it, and does not die in silence."""

import asyncio

import pytest

from agentos.beside import beside


async def test_a_crash_is_logged_and_the_main_thing_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def rounds() -> None:
        raise KeyError("lost")

    async with beside(rounds()):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    (record,) = caplog.records
    assert record.exc_info
    assert record.exc_info[0] is KeyError


async def test_what_is_not_over_is_cancelled_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended = False

    async def rounds() -> None:
        nonlocal ended
        try:
            await asyncio.sleep(3600)
        finally:
            ended = True

    async with beside(rounds()):
        await asyncio.sleep(0)
    assert ended
    assert caplog.records == []
