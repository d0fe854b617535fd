"""Moves that are repeated, taken back or asked for more strongly."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import IllegalMove, VersionMismatch
from domain.runs import RunState
from domain.status import RunStatus as S
from server.lifecycle import cancels, pauses, reads
from server.worker import drive
from tests.doubles.house import DANA, House, house
from tests.integration.worker.conftest import Town, approved


async def _escalated(folder: Path, town: Town) -> str:
    """A run that has made something, in a house that is shut."""
    town.worlds["github"].broken = "refused"
    async with house(folder, town.systems) as home:
        run_id = await approved(home)
        await home.until(run_id, S.ESCALATED)
    return run_id


async def _same(home: House, run: RunState) -> bool:
    return (await reads.get_run(home.service, run.run_id, tenant=DANA.tenant)) == run


async def test_pause_is_taken_back_when_it_has_not_come_about(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems, served=False) as home:
        run = await home.launch()
        paused = await pauses.pause(home.service, run.run_id, DANA)
        assert paused.pause_requested
        assert await pauses.pause(home.service, run.run_id, DANA) == paused
        resumed = await pauses.resume(home.service, run.run_id, DANA)
        assert (resumed.status, resumed.pause_requested) == (S.QUEUED, False)
        assert await pauses.resume(home.service, run.run_id, DANA) == resumed
    async with house(tmp_path, town.systems) as home:
        await home.until(run.run_id, S.AWAITING_APPROVAL)


async def test_run_that_was_never_paused_is_not_resumed(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems, served=False) as home:
        run = await home.launch()
        with pytest.raises(IllegalMove):
            await pauses.resume(home.service, run.run_id, DANA)
        assert await _same(home, run)


async def test_repeat_is_welcome_though_the_run_has_a_new_version_since(
    tmp_path: Path, town: Town
) -> None:
    async with house(tmp_path, town.systems, served=False) as home:
        run = await home.launch()
        for move in (pauses.pause, pauses.resume, cancels.cancel):
            run = await move(home.service, run.run_id, DANA, if_version=run.version)
            assert await move(home.service, run.run_id, DANA, if_version=run.version - 1) == run
        with pytest.raises(VersionMismatch):
            await pauses.pause(home.service, run.run_id, DANA, if_version=run.version - 1)


@pytest.mark.parametrize("wishes", [(False, True), (True, False), (True, True)], ids=str)
async def test_what_was_made_is_undone_when_any_cancel_asks_for_it(
    tmp_path: Path, town: Town, wishes: tuple[bool, ...]
) -> None:
    run_id = await _escalated(tmp_path, town)
    assert sum(town.counts) > 0
    async with house(tmp_path, town.systems, served=False) as home:
        for rollback in wishes:
            run = await cancels.cancel(home.service, run_id, DANA, rollback=rollback)
        assert run.cancel_requested and run.cancel_requested.rollback
    async with house(tmp_path, town.systems) as home:
        run = await home.until(run_id, S.ROLLED_BACK)
        assert await cancels.cancel(home.service, run_id, DANA, rollback=True) == run
        with pytest.raises(IllegalMove):
            await cancels.cancel(home.service, run_id, DANA)
    assert town.counts == [0, 0, 0]


async def test_cancelled_run_is_cancelled_again_and_nothing_happens(
    tmp_path: Path, town: Town
) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        await cancels.cancel(home.service, run.run_id, DANA)
        run = await home.until(run.run_id, S.CANCELLED)
        assert await cancels.cancel(home.service, run.run_id, DANA) == run
        with pytest.raises(IllegalMove):  # it is too late to undo
            await cancels.cancel(home.service, run.run_id, DANA, rollback=True)


async def test_rollback_that_is_asked_for_while_a_cancel_is_carried_out_is_heard(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await _escalated(tmp_path, town)
    async with house(tmp_path, town.systems, served=False) as home:
        await cancels.cancel(home.service, run_id, DANA)

    async def meanwhile(service: Any, run_id: str, **more: Any) -> None:
        await cancels.cancel(service, run_id, DANA, rollback=True)
        await cancels.carry_out(service, run_id, **more)

    monkeypatch.setattr(drive, "carry_out", meanwhile)
    async with house(tmp_path, town.systems) as home:
        await home.until(run_id, S.ROLLED_BACK)
    assert town.counts == [0, 0, 0]
