"""Nobody answers: reminders, others who may, and an end, without anybody calling."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.decisions import Answer, DecisionKind
from domain.errors import AlreadyDecided, IllegalMove, NotAllowed
from domain.policies import Policy
from domain.runs import RunState
from domain.status import RunStatus as S
from domain.waits import Waiting
from server.lifecycle import decisions, pauses, reads
from tests.doubles.house import DANA, House, house
from tests.integration.worker.conftest import Town, approved
from tests.integration.worker.test_policies import person

YES = Answer(kind=DecisionKind.APPROVE)


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    return Policy.model_validate({"approval": rules, **more})


async def _events(home: House, run_id: str) -> list[tuple[str, str]]:
    events = await reads.list_events(home.service, run_id, tenant=DANA.tenant)
    return [(each.event.type, each.actor) for each in events]


async def _passed(run: RunState) -> None:
    """The deadline of the run is over."""
    assert run.expires_at
    while datetime.now(UTC) <= run.expires_at:
        await asyncio.sleep(0.05)


async def test_run_expires_by_itself_when_nobody_decides(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch(deadline_seconds=2)
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        asked, expires_at = run.updated_at, run.expires_at
        run = await home.until(run.run_id, S.EXPIRED)
        assert expires_at and (expires_at - asked).total_seconds() == 2
        assert run.updated_at >= expires_at
        assert (await _events(home, run.run_id))[-1] == ("decision_recorded", "deadline")
        with pytest.raises(AlreadyDecided) as late:
            await decisions.decide(home.service, run.run_id, YES, person("ann"))
        assert late.value.winner["door"] == "deadline"
        assert late.value.winner["decision"] == "expire"
        assert town.counts == [0, 0, 0]


async def test_run_expires_when_the_service_was_down_at_that_moment(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    async with house(tmp_path, town.systems, address=address) as home:
        run = await home.launch(deadline_seconds=2)
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
    await _passed(run)
    async with house(tmp_path, town.systems, address=address, served=False) as home:
        assert (await home.settle(run.run_id)).status is S.AWAITING_APPROVAL
        with pytest.raises(IllegalMove):  # nobody has closed it yet, but its time is over
            await decisions.decide(home.service, run.run_id, YES, person("ann"))
    async with house(tmp_path, town.systems, address=address) as home:
        await home.until(run.run_id, S.EXPIRED)
    assert town.counts == [0, 0, 0]


async def test_run_is_approved_late_when_nobody_looks_at_the_time(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: it neither expires nor is it refused."""
    async with house(tmp_path, town.systems) as home:
        run = await home.launch(deadline_seconds=1)
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
    await _passed(run)
    monkeypatch.setattr(Waiting, "expires_at", lambda waiting, terms: None)
    async with house(tmp_path, town.systems) as home:
        await home.decide(run.run_id, "approve")
        await home.until(run.run_id, S.COMPLETED)


async def test_approval_or_deadline_stands_when_both_come_at_once(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    rule = policy({"deadline_seconds": 1.0})
    async with house(tmp_path, town.systems, address=address, policy=rule) as home:
        runs = [await home.launch(f"Company {number}", systems=["slack"]) for number in range(6)]
        for one in runs:
            await home.until(one.run_id, S.AWAITING_APPROVAL, S.EXPIRED)

        async def approve(run_id: str) -> bool:
            run = await reads.get_run(home.service, run_id, tenant=DANA.tenant)
            if run.expires_at:
                early = (run.expires_at - datetime.now(UTC)).total_seconds() - 0.01
                await asyncio.sleep(max(early, 0))
            try:
                await home.decide(run_id, "approve")
            except IllegalMove:
                return False
            return True

        told = await asyncio.gather(*(approve(one.run_id) for one in runs))
        for one, approved_in_time in zip(runs, told, strict=True):
            run = await home.until(one.run_id, S.COMPLETED if approved_in_time else S.EXPIRED)
            assert len(run.decisions) == 1
        assert len(town.worlds["slack"].objects) == 2 * sum(told)


async def test_those_who_may_answer_are_reminded_and_others_join_them(
    tmp_path: Path, town: Town, address: str | None
) -> None:
    rule = {
        "approvers": {"people": ["ann"]},
        "remind_after_seconds": [0.2, 0.4],
        "escalate": [{"after_seconds": 0.6, "to": {"groups": ["managers"]}}],
    }
    boss = person("boss", "managers")
    async with house(tmp_path, town.systems, address=address, policy=policy(rule)) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        with pytest.raises(NotAllowed):
            await decisions.decide(home.service, run.run_id, YES, boss)
        while run.waiting and not run.waiting.handovers:
            run = await reads.wait_for_change(
                home.service, run.run_id, tenant=DANA.tenant, version=run.version, timeout_seconds=9
            )
        assert [word for word, _ in await _events(home, run.run_id)][-3:] == [
            "request_reminded", "request_reminded", "request_handed_over",
        ]  # fmt: skip
        await decisions.decide(home.service, run.run_id, YES, boss)
        await home.until(run.run_id, S.COMPLETED)


async def test_run_is_denied_at_its_deadline_when_the_policy_says_so(
    tmp_path: Path, town: Town
) -> None:
    rule = {"deadline_seconds": 0.2, "at_expiry": "deny"}
    async with house(tmp_path, town.systems, policy=policy(rule)) as home:
        run = await home.launch()
        run = await home.until(run.run_id, S.DENIED)
        assert run.decisions[0].responder == "deadline"


@pytest.mark.parametrize(
    ("at_expiry", "status", "left"),
    [("expire", S.EXPIRED, 4), ("abort", S.FAILED, 4), ("rollback", S.ROLLED_BACK, 0)],
)
async def test_failure_that_nobody_looks_at_ends_as_the_policy_says(
    tmp_path: Path, town: Town, at_expiry: str, status: S, left: int
) -> None:
    town.worlds["github"].broken = "refused"
    terms = {"deadline_seconds": 0.2, "remind_after_seconds": [0.1], "at_expiry": at_expiry}
    async with house(tmp_path, town.systems, policy=policy(escalation=terms)) as home:
        run_id = await approved(home)
        run = await home.until(run_id, status)
        assert sum(town.counts) == left
        words = [word for word, _ in await _events(home, run_id)]
        assert "request_reminded" in words
        assert (run.report and run.failure is None) or status is not S.ROLLED_BACK


async def test_time_stands_still_while_the_run_is_paused(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch(deadline_seconds=1)
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        paused = await pauses.pause(home.service, run.run_id, DANA)
        await _passed(run)
        await asyncio.sleep(0.3)
        run = await reads.get_run(home.service, run.run_id, tenant=DANA.tenant)
        assert (run.status, run.version) == (S.PAUSED, paused.version)
        resumed = await pauses.resume(home.service, run.run_id, DANA)
        assert resumed.status is S.AWAITING_APPROVAL
        run = await home.until(run.run_id, S.EXPIRED)
        assert resumed.expires_at and run.updated_at >= resumed.expires_at


async def test_edited_plan_has_the_whole_time_again(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await home.launch(deadline_seconds=30)
        first = await home.until(run.run_id, S.AWAITING_APPROVAL)
        edit = {"kind": "edit", "edit": {"systems": ["slack"]}}
        await decisions.decide(home.service, run.run_id, Answer.model_validate(edit), DANA)
        second = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert first.expires_at and second.expires_at and second.waiting
        assert second.expires_at > first.expires_at
