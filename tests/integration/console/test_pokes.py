"""The address of the pokes, over a real connection."""

import asyncio
from dataclasses import replace

from server.lifecycle.service import Actor
from tests.integration.caller import served
from tests.integration.console.conftest import Desk


async def test_a_page_hears_of_its_run_and_is_forgotten_when_it_is_left(desk: Desk) -> None:
    run_id = await desk.parked()
    pages = desk.app.state.console.pokes
    async with served(desk.app) as http:
        async with http.stream("GET", "/pokes", params={"topic": run_id}) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            lines = answer.aiter_lines()
            await _poked(lines)
            await desk.home.decide(run_id, "deny")
            await _poked(lines)
        async with asyncio.timeout(10):
            while pages._open:
                await asyncio.sleep(0.01)


async def test_who_may_read_nothing_hears_of_nothing(desk: Desk) -> None:
    desk.become(Actor("nobody", "api"))
    assert (await desk.http.get("/pokes")).status_code == 403


async def test_a_full_server_says_so(desk: Desk) -> None:
    state = desk.app.state
    state.console = replace(state.console, pokes=_Full())
    assert (await desk.http.get("/pokes")).status_code == 503


class _Full:
    full = True


async def _poked(lines: object) -> None:
    async with asyncio.timeout(10):
        async for line in lines:  # type: ignore[attr-defined]
            if line == "event: poke":
                return
    raise AssertionError("the stream has ended")
