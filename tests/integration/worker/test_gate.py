"""What opens the way to an effect, and what shuts it: decisions, their plan, and pauses."""

import asyncio
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.decisions import Answer, DecisionKind
from domain.errors import AlreadyDecided, IllegalMove, StalePlan
from domain.plans import Plan
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import decisions, pauses, reads
from server.lifecycle.service import Actor
from server.worker.drive import Brake
from server.worker.journal import RunGate
from tests.doubles.forger import forge
from tests.doubles.house import DANA, House, house
from tests.integration.worker.conftest import Town, approved

S = RunStatus


async def test_pause_parks_before_the_next_effect_and_resume_goes_on(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    for world in town.worlds.values():
        world.slow_seconds = 0.5
    async with house(tmp_path, town.systems, address=address) as home:
        run_id = await approved(home)
        while town.calls != [1, 1, 1]:
            await asyncio.sleep(0.01)
        await pauses.pause(home.service, run_id, DANA)
        await home.until(run_id, S.PAUSED)
        assert town.calls == [1, 1, 1]
        await pauses.resume(home.service, run_id, DANA)
        run = await home.until(run_id, S.COMPLETED)
        assert run.run_id == run_id
        assert town.counts == [2, 2, 2]
        assert [r.attempt for r in run.steps.values()] == [1, 1, 1]


async def test_pause_parks_at_once_when_only_the_ledger_knows_of_it(
    tmp_path: Path, town: Town, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Brake, "interrupt", lambda brake: None)
    for world in town.worlds.values():
        world.slow_seconds = 0.5
    async with house(tmp_path, town.systems, address=address) as home:
        run_id = await approved(home)
        while town.calls != [1, 1, 1]:
            await asyncio.sleep(0.01)
        await pauses.pause(home.service, run_id, DANA)
        await home.until(run_id, S.PAUSED)
        assert town.calls == [1, 1, 1]
        events = await reads.list_events(home.service, run_id, tenant=DEFAULT_TENANT)
        assert [e.event.type for e in events].count("validation_started") <= 1
        await pauses.resume(home.service, run_id, DANA)
        await home.until(run_id, S.COMPLETED)
        assert town.counts == [2, 2, 2]


async def test_resume_leaves_the_gate_shut_when_it_carries_no_decision(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        await pauses.pause(home.service, run.run_id, DANA)
        with pytest.raises(IllegalMove):
            await home.decide(run.run_id, "approve")
        run = await pauses.resume(home.service, run.run_id, DANA)
        assert run.status is S.AWAITING_APPROVAL
        assert await pauses.resume(home.service, run.run_id, DANA) == run
        await asyncio.sleep(0.2)
        assert town.counts == [0, 0, 0]


async def test_one_decision_wins_when_many_race(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        results = await asyncio.gather(
            *(
                decisions.decide(
                    home.service,
                    run.run_id,
                    Answer(kind=(DecisionKind.APPROVE, DecisionKind.DENY)[n % 2]),
                    Actor(f"person {n}", "api", scopes=ALL_SCOPES),
                )
                for n in range(20)
            ),
            return_exceptions=True,
        )
        won = [r for r in results if not isinstance(r, BaseException)]
        lost = [r for r in results if isinstance(r, AlreadyDecided)]
        assert (len(won), len(lost)) == (1, 19)
        winner = won[0].run.decisions[0]
        assert {e.winner["responder"] for e in lost} == {winner.responder}
        run = await home.until(run.run_id, S.COMPLETED, S.DENIED)
        assert (run.status is S.COMPLETED) == (winner.kind.value == "approve")


async def test_decision_is_refused_when_it_names_another_plan(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        with pytest.raises(StalePlan) as caught:
            await home.decide(run.run_id, "approve", digest="0" * 64)
        assert run.plan
        assert caught.value.current_digest == run.plan.digest


async def decided_on_a_forged_plan(home: House, folder: Path) -> tuple[RunState, Plan]:
    """A run whose plan was changed after its approvers had read it, and that plan."""
    run = await home.launch()
    await home.until(run.run_id, S.AWAITING_APPROVAL)
    forged = await forge(folder / "checkpoints.db", run.run_id, "a-acme-corp", "a-evil-corp")
    await home.decide(run.run_id, "approve")
    return run, Plan.parse(forged)


async def test_nothing_is_made_when_the_plan_changed_behind_the_approval(
    tmp_path: Path, town: Town
) -> None:
    async with house(tmp_path, town.systems) as home:
        run, _ = await decided_on_a_forged_plan(home, tmp_path)
        run = await home.until(run.run_id, S.ESCALATED)
        assert {r.error_code for r in run.steps.values()} == {ErrorCode.PLAN_CHANGED}
        assert town.counts == [0, 0, 0]


async def test_changed_plan_is_made_when_the_gate_stands_open(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, town.systems) as home:
        run, forged = await decided_on_a_forged_plan(home, tmp_path)

        async def any_plan(gate: RunGate, system: str) -> str:
            return forged.digest

        monkeypatch.setattr(RunGate, "approved_digest", any_plan)
        await home.until(run.run_id, S.COMPLETED, S.ESCALATED)
        assert "a-evil-corp" in {name for name, _ in town.worlds["slack"].objects}
