"""Who may approve, and how many of them must."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from domain.decisions import Answer, Decision, DecisionKind, OpenRequest
from domain.errors import Invalid, NotAllowed
from domain.plans import Plan
from domain.policies import Policy
from domain.runs import RunState
from domain.scopes import ALL_SCOPES
from domain.status import RunStatus as S
from nodes.requests import approval_request
from server.lifecycle import approvals, decisions, reads
from server.lifecycle.decisions import Decided
from server.lifecycle.service import Actor
from tests.doubles.house import DANA, House, house
from tests.integration.worker.conftest import Town

YES, NO = Answer(kind=DecisionKind.APPROVE), Answer(kind=DecisionKind.DENY, reason="No.")


def person(name: str, *groups: str) -> Actor:
    return Actor(name, "api", groups=frozenset(groups), scopes=ALL_SCOPES)


@asynccontextmanager
async def parked(
    folder: Path, town: Town, *rules: dict[str, Any], four_eyes: bool = False, **more: Any
) -> AsyncIterator[tuple[House, RunState]]:
    """A run under this policy that Dana has launched."""
    policy = Policy.model_validate({"approval": rules, **more})
    async with house(folder, town.systems, policy=policy, four_eyes=four_eyes) as home:
        run = await home.launch()
        yield home, await home.until(run.run_id, S.AWAITING_APPROVAL)


async def said(home: House, run: RunState, actor: Actor, answer: Answer = YES) -> Decided:
    return await decisions.decide(home.service, run.run_id, answer, actor)


async def test_policy_approves_by_itself_when_there_is_nothing_new(
    tmp_path: Path, town: Town
) -> None:
    rule = {"rule": "old", "when": {"only": ["adopt", "no_op"]}, "approvals": 0}
    async with parked(tmp_path, town, rule) as (home, run):
        await home.decide(run.run_id, "approve")
        await home.until(run.run_id, S.COMPLETED)
        again = await home.launch()
        again = await home.until(again.run_id, S.COMPLETED)
        (decision,) = again.decisions
        assert (decision.kind, decision.responder, decision.door) == ("approve", "policy", "policy")
        assert again.plan and decision.digest == again.plan.digest
        assert town.counts == [2, 2, 2]
        another = await home.launch("Other Corp")
        await home.until(another.run_id, S.AWAITING_APPROVAL)


async def test_policy_approves_no_plan_that_is_not_in_the_log(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(plan: Plan, *more: Any) -> OpenRequest:
        return approval_request(plan, *more).model_copy(update={"digest": "0" * 64})

    monkeypatch.setattr("nodes.approval.approval_request", another)
    async with parked(tmp_path, town, {"approvals": 0}) as (_, run):
        assert run.open_request and run.open_request.terms.approvals == 1


async def test_two_must_approve_and_the_run_goes_on_with_the_second(
    tmp_path: Path, town: Town
) -> None:
    async with parked(tmp_path, town, {"approvals": 2}) as (home, run):
        first = await said(home, run, person("ann"))
        assert (first.run.status, first.replayed) == (S.AWAITING_APPROVAL, False)
        assert first.run.waiting
        assert [one.responder for one in first.run.waiting.approvals] == ["ann"]
        assert (await said(home, run, person("ann"))).replayed
        part = YES.model_copy(update={"systems": ("slack",)})
        for again in (person("ann"), person("ANN"), person("a\u00adnn")):
            with pytest.raises(Invalid):
                await said(home, run, again, part)
        await said(home, run, person("ben"))
        run = await home.until(run.run_id, S.COMPLETED)
        (decision,) = run.decisions
        assert (decision.responder, decision.others) == ("ben", ("ann",))
        assert town.counts == [2, 2, 2]
        events = await reads.list_events(home.service, run.run_id, tenant=DANA.tenant)
        given = [each for each in events if each.event.type == "approval_given"]
        assert [each.actor for each in given] == ["ann"]


async def test_what_both_approve_is_made_when_each_approves_a_part(
    tmp_path: Path, town: Town
) -> None:
    async with parked(tmp_path, town, {"approvals": 2}) as (home, run):
        ann = YES.model_copy(update={"systems": ("slack", "github")})
        await said(home, run, person("ann"), ann)
        with pytest.raises(Invalid):
            await said(home, run, person("ben"), YES.model_copy(update={"systems": ("grants",)}))
        await said(
            home, run, person("ben"), YES.model_copy(update={"systems": ("github", "grants")})
        )
        await home.until(run.run_id, S.COMPLETED)
        assert town.counts == [0, 2, 0]


async def test_first_denial_ends_the_run_when_two_must_approve(tmp_path: Path, town: Town) -> None:
    async with parked(tmp_path, town, {"approvals": 2}) as (home, run):
        await said(home, run, person("ann"))
        await said(home, run, person("ben"), NO)
        await home.until(run.run_id, S.DENIED)
        assert town.counts == [0, 0, 0]


async def test_approvals_are_for_one_plan_when_it_is_edited_in_between(
    tmp_path: Path, town: Town
) -> None:
    async with parked(tmp_path, town, {"approvals": 2}) as (home, run):
        await said(home, run, person("ann"))
        edit = {"kind": "edit", "edit": {"systems": ["slack"]}}
        await said(home, run, person("ben"), Answer.model_validate(edit))
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert run.waiting and run.waiting.approvals == ()


@pytest.mark.parametrize("answer", [YES, NO])
async def test_others_are_refused_when_approvers_are_named(
    tmp_path: Path, town: Town, answer: Answer
) -> None:
    rule = {"approvers": {"people": ["ann"], "groups": ["security"]}}
    async with parked(tmp_path, town, rule, groups={"security": ["cleo"]}) as (home, run):
        for stranger in (DANA, person("security"), person("eve", "sales")):
            with pytest.raises(NotAllowed) as refused:
                await said(home, run, stranger, answer)
            assert "ann, group security" in refused.value.advice
        after = await reads.get_run(home.service, run.run_id, tenant=DANA.tenant)
        assert after.version == run.version


@pytest.mark.parametrize(
    "actor", [person("ann"), person("eve", "security"), person("cleo")], ids=lambda one: one.name
)
async def test_those_who_are_named_approve(tmp_path: Path, town: Town, actor: Actor) -> None:
    rule = {"approvers": {"people": ["ann"], "groups": ["security"]}}
    async with parked(tmp_path, town, rule, groups={"security": ["cleo"]}) as (home, run):
        await said(home, run, actor)
        await home.until(run.run_id, S.COMPLETED)


LAUNCHER = (
    pytest.param([{"four_eyes": True}], False, id="by the rule"),
    pytest.param([], True, id="by the service"),
    pytest.param([{"approvals": 2}], True, id="when two must"),
)


@pytest.mark.parametrize(("rules", "four_eyes"), LAUNCHER)
async def test_launcher_cannot_approve_under_four_eyes(
    tmp_path: Path, town: Town, rules: list[dict[str, Any]], four_eyes: bool
) -> None:
    async with parked(tmp_path, town, *rules, four_eyes=four_eyes) as (home, run):
        for door in ("api", "webhook", "cli"):
            with pytest.raises(NotAllowed):
                await said(home, run, Actor("dana", door, scopes=ALL_SCOPES))
        assert (await said(home, run, person("ann"))).run.status in (
            S.PROVISIONING,
            S.AWAITING_APPROVAL,
        )


async def test_editor_cannot_approve_under_four_eyes(tmp_path: Path, town: Town) -> None:
    async with parked(tmp_path, town, four_eyes=True) as (home, run):
        edit = {"kind": "edit", "edit": {"systems": ["slack"]}}
        await said(home, run, person("ann"), Answer.model_validate(edit))
        await home.until(run.run_id, S.AWAITING_APPROVAL)
        with pytest.raises(NotAllowed):
            await said(home, run, person("ann"))
        await said(home, run, person("ann"), NO)
        await home.until(run.run_id, S.DENIED)


@pytest.mark.parametrize("rules", [[], [{"four_eyes": False}]])
async def test_launcher_approves_when_four_eyes_are_not_asked_for(
    tmp_path: Path, town: Town, rules: list[dict[str, Any]]
) -> None:
    async with parked(tmp_path, town, *rules, four_eyes=bool(rules)) as (home, run):
        await said(home, run, DANA)
        await home.until(run.run_id, S.COMPLETED)


async def test_launcher_approves_when_nobody_looks_who_it_is(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of four eyes and of named approvers."""
    monkeypatch.setattr(approvals, "permit", lambda *args: None)
    rule = {"approvers": {"people": ["ann"]}, "four_eyes": True}
    async with parked(tmp_path, town, rule) as (home, run):
        await said(home, run, DANA)
        await home.until(run.run_id, S.COMPLETED)


async def test_second_approval_is_not_needed_when_nobody_counts(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of several approvers."""

    def at_once(run: RunState, request: Any, last: Decision) -> Decision:
        return last

    monkeypatch.setattr(approvals, "together", at_once)
    async with parked(tmp_path, town, {"approvals": 2}) as (home, run):
        await said(home, run, person("ann"))
        await home.until(run.run_id, S.COMPLETED)
