"""The page of the systems: what calls have shown, and who is at work."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.scopes import Scope
from server.lifecycle import processes
from server.lifecycle.service import Actor
from systems.breaker import Guarded, guarded
from systems.sight import Sight
from tests.integration.console.conftest import Desk, opened


@pytest.fixture
async def watched(folder: Path) -> AsyncIterator[Desk]:
    """A desk whose systems are watched as real ones are."""
    async with opened(folder) as desk:
        service = desk.home.service
        systems = {name: guarded(system) for name, system in service.systems.items()}
        console = desk.app.state.console
        service = replace(service, systems=systems)
        desk.app.state.console = replace(console, service=service)
        desk.app.state.service = service
        yield desk


def sight(desk: Desk, name: str) -> Sight:
    system = desk.app.state.console.service.systems[name]
    assert isinstance(system, Guarded)
    return system.sight


async def test_what_nobody_has_told_is_said_so(watched: Desk) -> None:
    page = await watched.open("/systems")
    assert page.text.count("Not asked yet") == 2 and page.text.count("Rate left Not told") == 2
    assert "No process has told of itself yet." in page.text


async def test_rates_silence_and_circuit_are_told(watched: Desk) -> None:
    sight(watched, "github").answered(
        {"x-ratelimit-remaining": "4999", "x-ratelimit-limit": "5000"}
    )
    watched.worlds["slack"].broken = "unreadable"
    for _ in range(5):
        await watched.open("/launch")
        await watched.press("Preview plan", company_name="Acme")
    page = await watched.open("/systems")
    assert "Rate left 4,999 of 5,000 calls" in page.text
    assert "Does not answer" in page.text and "It was out of order" in page.text
    assert "Open: it is left alone, until" in page.text
    answer = await watched.http.get("/api/v1/systems")
    slack, github = answer.json()["systems"]
    assert (slack["answers"], slack["circuit"], slack["error_code"]) == (
        False, "open", "UNAVAILABLE",
    )  # fmt: skip
    assert (github["answers"], github["rate_left"]) == (True, 4999)


async def test_a_rate_that_was_filled_anew_since_is_told_so(watched: Desk) -> None:
    sight(watched, "slack").failed(ErrorCode.RATE_LIMITED, after_seconds=60.0)
    page = await watched.open("/systems")
    assert "Rate left 0 calls, full again in" in page.text
    sight(watched, "slack").failed(ErrorCode.RATE_LIMITED, after_seconds=0.0)
    page = await watched.open("/systems")
    assert "Rate left Full again just now" in page.text


async def test_workers_are_listed_with_what_they_hold(watched: Desk) -> None:
    service = watched.app.state.console.service
    await processes.say(service, "1.2.3, graph 4")
    page = await watched.open("/systems")
    assert all(word in page.text for word in (service.process, "1.2.3, graph 4", "Executes runs"))


async def test_who_may_only_look_cannot_check(watched: Desk) -> None:
    watched.become(Actor("vera", "console", scopes=frozenset({Scope.VIEWER})))
    page = await watched.open("/systems")
    assert "disabled" in page.button("Check all systems").attributes
    page = await watched.press("Check all systems")
    assert page.status == 403
