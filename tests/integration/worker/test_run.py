"""One run through graph, engine and store, with toy systems."""

import asyncio
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.runs import reduce
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import cancels, reads, steps
from tests.doubles.house import DANA, house
from tests.integration.worker.conftest import Town, approved

S = RunStatus


async def test_company_is_onboarded_when_the_plan_is_approved(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
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
        events = await reads.list_events(home.service, run.run_id, tenant=DEFAULT_TENANT)
        assert reduce(run.run_id, events) == run
        assert await reads.get_run(home.service, run.run_id, tenant=DEFAULT_TENANT, at=1) == reduce(
            run.run_id, events[:1]
        )


async def test_second_run_adopts_when_the_company_is_there(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        await home.until(await approved(home), S.COMPLETED)
        run = await home.until(await approved(home), S.COMPLETED)
        assert town.counts == [2, 2, 2]
        assert run.plan
        assert {change.kind.value for change in run.plan.changes} == {"adopt"}
        assert not any(r.created_by_us for step in run.steps.values() for r in step.resources)


async def test_nothing_is_made_when_the_plan_is_denied(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch()
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        run = await home.decide(run.run_id, "deny", reason="Not this year")
        assert run.status is S.DENIED
        await asyncio.sleep(0.1)
        assert town.counts == [0, 0, 0]
        assert await reads.get_run(home.service, run.run_id, tenant=DEFAULT_TENANT) == run


async def test_run_escalates_and_completes_when_a_broken_system_is_mended(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "unavailable"
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        assert town.counts == [2, 0, 2]
        assert run.steps["github"].attempt == 3
        assert run.steps["github"].error_code is ErrorCode.UNAVAILABLE
        town.worlds["github"].broken = None
        await steps.retry_step(home.service, run.run_id, "github", DANA)
        run = await home.until(run.run_id, S.COMPLETED)
        assert town.counts == [2, 2, 2]


async def test_run_escalates_again_when_the_retry_fails_too(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems, address=address) as home:
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
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "unreadable"
    async with house(tmp_path, town.systems, address=address) as home:
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


async def test_rollback_undoes_what_was_made(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        await home.decide(run.run_id, "rollback")
        run = await home.until(run.run_id, S.ROLLED_BACK)
        assert town.counts == [0, 0, 0]
        assert len(run.undone) == 4


async def test_rollback_asks_again_when_a_system_cannot_be_undone(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems, address=address) as home:
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


async def test_run_fails_when_a_person_aborts(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        run = await home.decide(run.run_id, "abort")
        assert run.status is S.FAILED
        assert run.failure and run.failure.code == "aborted"
        assert run.report and run.report.missing == ("github",)


@pytest.mark.parametrize("rollback", [False, True])
async def test_cancel_ends_the_run_when_it_is_escalated(
    tmp_path: Path, town: Town, address: str | None, rollback: bool
) -> None:
    town.worlds["github"].broken = "refused"
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        await cancels.cancel(home.service, run.run_id, DANA, rollback=rollback)
        run = await home.until(run.run_id, S.CANCELLED, S.ROLLED_BACK)
        assert run.status is (S.ROLLED_BACK if rollback else S.CANCELLED)
        assert town.counts == ([0, 0, 0] if rollback else [2, 0, 2])


async def test_cancel_with_rollback_stops_a_working_run(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    for world in town.worlds.values():
        world.slow_seconds = 0.2
    async with house(tmp_path, town.systems, address=address) as home:
        run_id = await approved(home)
        while not all(town.calls):
            await asyncio.sleep(0.01)
        await cancels.cancel(home.service, run_id, DANA, rollback=True)
        await home.until(run_id, S.ROLLED_BACK)
        assert town.counts == [0, 0, 0]


async def test_effect_is_found_when_its_answer_is_lost(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    for world in town.worlds.values():
        world.faults = ["lost_after_effect", "lost_after_effect"]
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.COMPLETED)
        assert town.counts == [2, 2, 2]
        assert all(r.created_by_us for step in run.steps.values() for r in step.resources)
        assert [step.attempt for step in run.steps.values()] == [1, 1, 1]


async def test_defect_of_a_connector_ends_in_escalation_without_its_text(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    town.worlds["slack"].faults = ["bug"]
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.until(await approved(home), S.ESCALATED)
        assert run.steps["slack"].error_code is ErrorCode.INTERNAL
        assert "secret" not in run.model_dump_json()
        assert town.counts == [0, 2, 2]
