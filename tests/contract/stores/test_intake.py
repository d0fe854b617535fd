"""Launches are turned away when too many runs wait, and decisions are not."""

import asyncio
from dataclasses import replace

import pytest

from domain.errors import Overloaded
from domain.launches import LaunchRequest
from server.lifecycle import intake, launches, pauses
from server.lifecycle.intake import Intake
from tests.doubles.house import DANA, House


def _request(name: str, key: str | None = None) -> LaunchRequest:
    return LaunchRequest(company_name=name, idempotency_key=key)


async def test_a_launch_is_turned_away_when_as_many_wait_as_may(home: House) -> None:
    service = replace(home.service, intake=Intake(max_queued=2))
    first = (await launches.launch(service, _request("Acme", "k"), DANA)).run
    await launches.launch(service, _request("Globex"), DANA)
    with pytest.raises(Overloaded) as told:
        await launches.launch(service, _request("Initech"), DANA)
    assert told.value.after_seconds >= 1
    again = await launches.launch(service, _request("Acme", "k"), DANA)
    assert again.replayed
    assert (await pauses.pause(service, first.run_id, DANA)).pause_requested


async def test_runs_of_another_process_count_too(home: House) -> None:
    for name in ("Acme", "Globex"):
        await launches.launch(home.service, _request(name), DANA)
    service = replace(home.service, intake=Intake(max_queued=2))
    with pytest.raises(Overloaded):
        await launches.launch(service, _request("Initech"), DANA)


async def test_launches_are_taken_again_when_the_queue_is_shorter(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_RECOUNT_SECONDS", 0.0)
    service = replace(home.service, intake=Intake(max_queued=1))
    run = (await launches.launch(service, _request("Acme"), DANA)).run
    with pytest.raises(Overloaded):
        await launches.launch(service, _request("Globex"), DANA)
    await _planned(home, run.run_id)
    await launches.launch(service, _request("Globex"), DANA)


async def _planned(home: House, run_id: str) -> None:
    await home.engine.serve(home.driver)
    await home.settle(run_id)
    await home.engine.drain()


async def test_the_line_of_launches_is_short(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "IN_LINE", 3)
    names = [f"Company {number}" for number in range(6)]
    made = await asyncio.gather(
        *(launches.launch(home.service, _request(name), DANA) for name in names),
        return_exceptions=True,
    )
    refused = [one for one in made if isinstance(one, Overloaded)]
    assert len(refused) == 3
    assert len({one.run.run_id for one in made if isinstance(one, launches.Launched)}) == 3
