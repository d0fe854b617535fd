"""A system that says when to come back is obeyed, and nobody waits with the run in hand."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus as S
from server.lifecycle import pauses, reads
from server.store.tables import RunRow
from tests.doubles.house import DANA, LIMITS, House, house
from tests.integration.worker.conftest import Town, approved

HASTY = {**LIMITS, "longest_hold_seconds": 0.2}


@pytest.fixture
async def home(tmp_path: Path, town: Town, address: str | None) -> AsyncIterator[House]:
    async with house(tmp_path, town.systems, HASTY, address=address) as home:
        yield home


async def _row(home: House, run_id: str) -> RunRow:
    async with home.service.database.read() as tx:
        row = await tx.session.get(RunRow, run_id)
        assert row is not None
        return row


async def _waiting(home: House, run_id: str) -> RunState:
    """The run once it waits and nobody executes it."""
    run = await reads.get_run(home.service, run_id, tenant=DEFAULT_TENANT)
    while not run.waits_until or (await _row(home, run_id)).owner:
        run = await reads.wait_for_change(
            home.service, run_id, tenant=DEFAULT_TENANT, version=run.version, timeout_seconds=0.05
        )
        assert not run.ended
    return run


async def test_run_is_let_go_when_a_system_asks_for_a_long_wait(home: House, town: Town) -> None:
    town.worlds["github"].faults = ["limited"]
    run_id = await approved(home)
    run = await _waiting(home, run_id)
    assert town.counts == [2, 0, 2]
    run = await home.until(run_id, S.COMPLETED)
    assert town.counts == [2, 2, 2]
    assert run.steps["github"].attempt == 2
    started = [
        recorded.at
        for recorded in await reads.list_events(home.service, run_id, tenant=DEFAULT_TENANT)
        if recorded.event.type == "step_started" and recorded.event.system == "github"
    ]
    assert (started[1] - started[0]).total_seconds() >= 1.5


async def test_run_is_kept_when_the_wait_is_short(home: House, town: Town) -> None:
    town.worlds["github"].limit_seconds = 0.1
    town.worlds["github"].faults = ["limited"]
    run_id = (await home.launch()).run_id
    await home.until(run_id, S.AWAITING_APPROVAL)
    while (planned := await _row(home, run_id)).owner:
        await asyncio.sleep(0.01)
    await home.decide(run_id, "approve")
    await home.until(run_id, S.COMPLETED)
    assert (await _row(home, run_id)).fence == planned.fence + 1


async def test_waiting_run_is_paused_at_once_and_waits_on_when_resumed(
    home: House, town: Town
) -> None:
    town.worlds["github"].faults = ["limited"]
    run_id = await approved(home)
    run = await _waiting(home, run_id)
    until = run.waits_until
    await pauses.pause(home.service, run_id, DANA)
    run = await home.until(run_id, S.PAUSED)
    assert until is not None
    assert datetime.now(UTC) < until
    assert town.calls[1] == 1
    await pauses.resume(home.service, run_id, DANA)
    run = await home.until(run_id, S.COMPLETED)
    assert run.updated_at >= until


async def test_waiting_run_goes_on_in_a_later_life(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].faults = ["limited"]
    async with house(tmp_path, town.systems, HASTY, address=address) as first:
        run_id = await approved(first)
        await _waiting(first, run_id)
    async with house(tmp_path, town.systems, HASTY, address=address) as second:
        await second.until(run_id, S.COMPLETED)
    assert town.counts == [2, 2, 2]


async def test_run_asks_for_help_when_the_tries_are_used_up(home: House, town: Town) -> None:
    town.worlds["github"].limit_seconds = 0.3
    town.worlds["github"].broken = "limited"
    run_id = await approved(home)
    run = await home.until(run_id, S.ESCALATED)
    assert run.steps["github"].attempt == 3
    assert run.waits_until is None
