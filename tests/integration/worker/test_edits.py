"""An edited plan is made anew and asked about anew; a part of it may be approved."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from domain.companies import Contact
from domain.decisions import Answer, DecisionKind
from domain.edits import PlanEdit
from domain.errors import AlreadyDecided, Invalid, StalePlan
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus as S
from domain.steps import StepStatus
from server.lifecycle import decisions, reads
from server.lifecycle.service import Actor
from server.store.tables import RunRow
from server.worker.journal import RunGate
from tests.doubles.house import DANA, House, house
from tests.integration.worker.conftest import Town

BEN = Actor("ben", "webhook", scopes=ALL_SCOPES)


@pytest.fixture
async def home(tmp_path: Path, town: Town, address: str | None) -> AsyncIterator[House]:
    async with house(tmp_path, town.systems, address=address) as home:
        yield home


async def _parked(home: House) -> RunState:
    run = await home.launch()
    return await home.until(run.run_id, S.AWAITING_APPROVAL)


async def _replanned(home: House, run: RunState, **edit: object) -> RunState:
    assert run.plan
    change = PlanEdit.model_validate(edit)
    await home.decide(run.run_id, "edit", edit=change, digest=run.plan.digest)
    return await home.until(run.run_id, S.AWAITING_APPROVAL)


async def test_edited_plan_is_made_anew_and_is_the_one_that_is_carried_out(
    home: House, town: Town
) -> None:
    first = await _parked(home)
    second = await _replanned(home, first, systems=["slack", "grants"], slug="acme-eu")
    third = await _replanned(home, second, contacts=[{"email": "ben@example.com"}])
    plans = [run.plan for run in (first, second, third) if run.plan]
    assert len({plan.digest for plan in plans}) == 3
    requests = {run.open_request.request_id for run in (first, second, third) if run.open_request}
    assert len(requests) == 3
    assert third.company.contacts == (Contact(email="ben@example.com"),)
    assert third.plan and third.plan.systems == third.systems == ("slack", "grants")
    assert town.counts == [0, 0, 0]
    await home.decide(first.run_id, "approve", digest=third.plan.digest)
    run = await home.until(first.run_id, S.COMPLETED)
    assert town.counts == [2, 0, 2]
    assert [name for name, _ in town.worlds["slack"].objects] == ["a-acme-eu", "b-acme-eu"]
    events = await reads.list_events(home.service, run.run_id, tenant=DEFAULT_TENANT)
    edits = [each for each in events if each.event.type == "plan_edited"]
    assert [each.actor for each in edits] == ["dana", "dana"]
    assert [d.kind for d in run.decisions] == ["edit", "edit", "approve"]
    async with home.service.database.read() as tx:
        row = await tx.session.get(RunRow, run.run_id)
        assert row and row.company_id == run.company.company_id != first.company.company_id


async def test_same_plan_is_asked_about_anew_when_an_edit_is_taken_back(
    home: House, town: Town
) -> None:
    first = await _parked(home)
    second = await _replanned(home, first, systems=["slack"])
    third = await _replanned(home, second, systems=["slack", "github", "grants"])
    assert first.plan == third.plan
    assert first.open_request and third.open_request
    assert first.open_request.request_id != third.open_request.request_id
    await home.decide(first.run_id, "approve")
    await home.until(first.run_id, S.COMPLETED)
    assert town.counts == [2, 2, 2]


async def test_answers_are_bound_to_the_plan_that_they_are_about(home: House) -> None:
    first = await _parked(home)
    assert first.plan
    edit = Answer(
        kind=DecisionKind.EDIT, edit=PlanEdit(systems=["slack"]), digest=first.plan.digest
    )
    second = await _replanned(home, first, systems=["slack"])
    assert second.plan
    for answer in (
        Answer(kind=DecisionKind.APPROVE, digest=first.plan.digest),
        edit.model_copy(update={"edit": PlanEdit(systems=["github"])}),
    ):
        with pytest.raises(StalePlan) as stale:
            await decisions.decide(home.service, first.run_id, answer, DANA)
        assert stale.value.current_digest == second.plan.digest
    again = await decisions.decide(home.service, first.run_id, edit, DANA)
    assert again.replayed and again.run.version == second.version
    without = edit.model_copy(update={"digest": None})
    assert (await decisions.decide(home.service, first.run_id, without, DANA)).replayed
    with pytest.raises(Invalid):
        await decisions.decide(home.service, first.run_id, without, BEN)


async def test_late_approval_is_told_of_the_edit_that_won(tmp_path: Path, town: Town) -> None:
    async with house(tmp_path, town.systems) as home:
        run = await _parked(home)
    async with house(tmp_path, town.systems, served=False) as home:
        await home.decide(run.run_id, "edit", edit=PlanEdit(systems=["slack"]))
        with pytest.raises(AlreadyDecided) as lost:
            await decisions.decide(home.service, run.run_id, Answer(kind=DecisionKind.APPROVE), BEN)
    assert lost.value.winner["decision"] == "edit"
    async with house(tmp_path, town.systems) as home:
        run = await home.until(run.run_id, S.AWAITING_APPROVAL)
        assert run.systems == ("slack",)


async def test_only_what_was_approved_is_made_and_the_rest_is_skipped(
    home: House, town: Town
) -> None:
    run = await _parked(home)
    await home.decide(
        run.run_id, "approve", systems=("slack",), reason="The others come next year."
    )
    run = await home.until(run.run_id, S.COMPLETED)
    assert town.counts == [2, 0, 0]
    assert [step.status for step in run.steps.values()].count(StepStatus.SKIPPED) == 2
    assert run.report and run.report.missing == ("github", "grants")
    assert "next year" in run.steps["github"].details


async def test_nothing_is_made_in_a_system_that_was_not_approved(
    home: House, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the graph went there: the gate looks at the decision itself."""
    run = await _parked(home)
    everything = run.systems
    monkeypatch.setattr("nodes.approval.read_answer", _all_of(everything))
    await home.decide(run.run_id, "approve", systems=("slack",))
    run = await home.until(run.run_id, S.ESCALATED)
    assert town.counts == [2, 0, 0]
    assert {run.steps[name].error_code for name in ("github", "grants")} == {ErrorCode.PLAN_CHANGED}


async def test_all_is_made_when_the_gate_asks_for_no_system(
    home: House, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    run = await _parked(home)
    assert run.plan
    digest = run.plan.digest

    async def any_system(gate: RunGate, system: str) -> str:
        return digest

    monkeypatch.setattr("nodes.approval.read_answer", _all_of(run.systems))
    monkeypatch.setattr(RunGate, "approved_digest", any_system)
    await home.decide(run.run_id, "approve", systems=("slack",))
    await home.until(run.run_id, S.COMPLETED)
    assert town.counts == [2, 2, 2]


def _all_of(systems: tuple[str, ...]) -> object:
    return lambda raw, request: Answer(kind=DecisionKind.APPROVE, systems=systems)
