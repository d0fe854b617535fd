"""One run through graph, engine and store, with toy systems."""

import asyncio
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.errors import AlreadyDecided, IllegalMove, StalePlan
from domain.runs import reduce
from domain.status import RunStatus
from server.lifecycle import cancels, decisions, pauses, reads, steps
from server.lifecycle.service import Actor
from tests.doubles.house import DANA, House, house
from tests.doubles.toy import ToyWorld, toy

S = RunStatus
NAMES = ("slack", "github", "grants")


class Town:
    """Three toy systems of two objects each."""

    def __init__(self) -> None:
        self.worlds = {name: ToyWorld() for name in NAMES}
        self.systems = {name: toy(name, world, ("a", "b")) for name, world in self.worlds.items()}

    @property
    def counts(self) -> list[int]:
        return [len(world.objects) for world in self.worlds.values()]


@pytest.fixture
def town() -> Town:
    return Town()


async def approved(home: House) -> str:
    """A run that was approved a moment ago."""
    run = await home.launch()
    run = await home.until(run.run_id, S.AWAITING_APPROVAL)
    await home.decide(run.run_id, "approve")
    return run.run_id


async def test_company_is_onboarded_when_the_plan_is_approved(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert run.plan is not None
        assert len(run.plan.changes) == 6
        assert town.counts == [0, 0, 0]
        await home.decide(run.run_id, "approve")
        run = await home.until(run.run_id, S.COMPLETED)
        assert town.counts == [2, 2, 2]
        assert [r.status.value for r in run.steps.values()] == ["success"] * 3
        assert run.report is not None
        assert run.report.missing == ()
        events = await reads.list_events(home.service, run.run_id)
        assert reduce(run.run_id, events) == run
        assert await reads.get_run(home.service, run.run_id, at=1) == reduce(run.run_id, events[:1])


async def test_second_run_adopts_when_the_company_is_there(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        await home.until(await approved(home), S.COMPLETED)
        run = await home.until(await approved(home), S.COMPLETED)
        assert town.counts == [2, 2, 2]
        assert {change.kind.value for change in run.plan.changes} == {"adopt"}  # type: ignore[union-attr]
        assert not any(r.created_by_us for step in run.steps.values() for r in step.resources)


async def test_nothing_is_made_when_the_plan_is_denied(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        run = await home.decide(run.run_id, "deny", reason="Not this year")
        assert run.status is S.DENIED
        await asyncio.sleep(0.1)
        assert town.counts == [0, 0, 0]
        assert await reads.get_run(home.service, run.run_id) == run


async def test_run_escalates_and_completes_when_a_broken_system_is_mended(
    tmp_path: Path, town: Town
) -> None:
    town.worlds["github"].broken = "unavailable"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        assert town.counts == [2, 0, 2]
        assert run.steps["github"].attempt == 3
        assert run.steps["github"].error_code is ErrorCode.UNAVAILABLE
        town.worlds["github"].broken = None
        await steps.retry_step(home.service, run.run_id, "github", DANA)
        run = await home.until(run.run_id, S.COMPLETED)
        assert town.counts == [2, 2, 2]


async def test_run_escalates_again_when_the_retry_fails_too(tmp_path: Path, town: Town) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        first = run.open_request
        await home.decide(run.run_id, "retry")
        run = await home.until(run.run_id, S.PROVISIONING, S.VALIDATING, S.ESCALATED)
        run = await home.until(run.run_id, S.ESCALATED)
        assert first and run.open_request
        assert first.request_id != run.open_request.request_id
        run = await steps.skip_step(home.service, run.run_id, "github", DANA, reason="No licence")
        run = await home.until(run.run_id, S.COMPLETED)
        assert run.report and run.report.missing == ("github",)
        assert run.steps["github"].status.value == "skipped"


async def test_run_that_was_planned_blind_is_made_when_the_system_is_back(
    tmp_path: Path, town: Town
) -> None:
    town.worlds["github"].broken = "unreadable"
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert run.plan
        assert {c.kind.value for c in run.plan.for_system("github")} == {"blocked"}
        await home.decide(run.run_id, "approve")
        run = await home.until(run.run_id, S.ESCALATED)
        town.worlds["github"].broken = None
        await home.decide(run.run_id, "retry")
        run = await home.until(run.run_id, S.COMPLETED)
        assert town.counts == [2, 2, 2]


async def test_rollback_undoes_what_was_made(tmp_path: Path, town: Town) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        await home.decide(run.run_id, "rollback")
        run = await home.until(run.run_id, S.ROLLED_BACK)
        assert town.counts == [0, 0, 0]
        assert len(run.undone) == 4


async def test_rollback_asks_again_when_a_system_cannot_be_undone(
    tmp_path: Path, town: Town
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        town.worlds["slack"].broken = "unreadable"
        await home.decide(run.run_id, "rollback")
        run = await home.until(run.run_id, S.ROLLING_BACK)
        run = await home.until(run.run_id, S.ESCALATED)
        assert town.counts == [2, 0, 0]
        assert run.open_request
        assert [word.value for word in run.open_request.allowed] == ["rollback", "abort"]
        town.worlds["slack"].broken = None
        await home.decide(run.run_id, "rollback")
        run = await home.until(run.run_id, S.ROLLED_BACK)
        assert town.counts == [0, 0, 0]


async def test_run_fails_when_a_person_aborts(tmp_path: Path, town: Town) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        run = await home.decide(run.run_id, "abort")
        assert run.status is S.FAILED
        assert run.failure and run.failure.code == "aborted"
        assert run.report and run.report.missing == ("github",)


@pytest.mark.parametrize("rollback", [False, True])
async def test_cancel_ends_the_run_when_it_is_escalated(
    tmp_path: Path, town: Town, rollback: bool
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        await cancels.cancel(home.service, run.run_id, DANA, rollback=rollback)
        run = await home.until(run.run_id, S.CANCELLED, S.ROLLED_BACK)
        assert run.status is (S.ROLLED_BACK if rollback else S.CANCELLED)
        assert town.counts == ([0, 0, 0] if rollback else [2, 0, 2])


async def test_cancel_with_rollback_stops_a_working_run(tmp_path: Path, town: Town) -> None:
    for world in town.worlds.values():
        world.slow_seconds = 0.2
    async with house(tmp_path, town.systems) as home:
        run_id = await approved(home)
        await home.until(run_id, S.PROVISIONING)
        await asyncio.sleep(0.3)
        await cancels.cancel(home.service, run_id, DANA, rollback=True)
        await home.until(run_id, S.ROLLED_BACK)
        assert town.counts == [0, 0, 0]


async def test_pause_parks_before_the_next_effect_and_resume_goes_on(
    tmp_path: Path, town: Town
) -> None:
    for world in town.worlds.values():
        world.slow_seconds = 0.3
    async with house(tmp_path, town.systems) as home:
        run_id = await approved(home)
        await asyncio.sleep(0.15)
        await pauses.pause(home.service, run_id, DANA)
        run = await home.until(run_id, S.PAUSED)
        calls = [world.calls for world in town.worlds.values()]
        assert calls == [1, 1, 1]
        await asyncio.sleep(0.7)
        assert [world.calls for world in town.worlds.values()] == calls
        await pauses.resume(home.service, run_id, DANA)
        run = await home.until(run_id, S.COMPLETED)
        assert run.run_id == run_id
        assert town.counts == [2, 2, 2]
        assert [r.attempt for r in run.steps.values()] == [1, 1, 1]


async def test_resume_leaves_the_gate_shut_when_it_carries_no_decision(
    tmp_path: Path, town: Town
) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        await pauses.pause(home.service, run.run_id, DANA)
        with pytest.raises(IllegalMove):
            await home.decide(run.run_id, "approve")
        run = await pauses.resume(home.service, run.run_id, DANA)
        assert run.status is S.AWAITING_APPROVAL
        with pytest.raises(IllegalMove):
            await pauses.resume(home.service, run.run_id, DANA)
        await asyncio.sleep(0.2)
        assert town.counts == [0, 0, 0]


async def test_one_decision_wins_when_many_race(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        results = await asyncio.gather(
            *(
                decisions.decide(
                    home.service,
                    run.run_id,
                    decisions.Answer(kind=("approve", "deny")[n % 2]),  # type: ignore[arg-type]
                    Actor(f"person {n}", "api"),
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


async def test_decision_is_refused_when_it_names_another_plan(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        with pytest.raises(StalePlan) as caught:
            await home.decide(run.run_id, "approve", digest="0" * 64)
        assert run.plan
        assert caught.value.current_digest == run.plan.digest


async def test_nothing_is_made_when_the_plan_changed_behind_the_approval(
    tmp_path: Path, town: Town
) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert run.plan
        graph_config = {"configurable": {"thread_id": run.run_id}}
        forged = run.plan.model_dump(mode="json")
        forged["changes"][0]["target"] = "another-name"
        saved = await home.driver.onboarding.aget_state(graph_config)  # type: ignore[arg-type]
        saver = home.driver.onboarding.checkpointer
        found = await saver.aget_tuple(saved.config)  # type: ignore[union-attr]
        found.checkpoint["channel_values"]["plan"] = forged
        await saver.aput(found.parent_config or found.config, found.checkpoint, found.metadata, {})  # type: ignore[union-attr]
        await home.decide(run.run_id, "approve")
        run = await home.until(run.run_id, S.ESCALATED, S.COMPLETED)
        assert run.status is S.ESCALATED
        assert {r.error_code for r in run.steps.values()} == {ErrorCode.PLAN_CHANGED}
        assert town.counts == [0, 0, 0]


async def test_effect_is_found_when_its_answer_is_lost(tmp_path: Path, town: Town) -> None:
    for world in town.worlds.values():
        world.faults = ["lost_after_effect", "lost_after_effect"]
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.COMPLETED)
        assert town.counts == [2, 2, 2]
        assert all(r.created_by_us for step in run.steps.values() for r in step.resources)
        assert [step.attempt for step in run.steps.values()] == [1, 1, 1]


async def test_defect_of_a_connector_ends_in_escalation_without_its_text(
    tmp_path: Path, town: Town
) -> None:
    town.worlds["slack"].faults = ["bug"]
    async with house(tmp_path, town.systems) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        assert run.steps["slack"].error_code is ErrorCode.INTERNAL
        assert "secret" not in run.model_dump_json()
        assert town.counts == [0, 2, 2]
