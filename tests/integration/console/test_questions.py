"""The decision card: who may answer, in part, and with another plan."""

from dataclasses import replace
from pathlib import Path

from domain.decisions import DecisionKind
from domain.policies import Policy
from domain.scopes import Scope
from domain.status import RunStatus
from domain.steps import StepStatus
from reasoning.models import ModelChoice
from reasoning.planner import Planner
from reasoning.reader import RequestReader
from server.lifecycle import reads
from server.lifecycle.service import Actor
from tests.doubles.house import LIMITS
from tests.integration.console.conftest import Desk, opened


async def test_a_system_that_is_not_ticked_is_left_out(desk: Desk) -> None:
    run_id = await desk.parked()
    await desk.open(f"/runs/{run_id}")
    await desk.press("Approve plan", without="github")
    run = await desk.home.settle(run_id)
    assert run.status is RunStatus.COMPLETED
    assert run.steps["github"].status is StepStatus.SKIPPED
    assert desk.worlds["slack"].objects and not desk.worlds["github"].objects


async def test_nothing_ticked_is_no_approval(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await desk.open(f"/runs/{run_id}")
    fields = [pair for pair in page.button("Approve plan").fields if pair[0] != "systems"]
    page = await desk.send(f"/runs/{run_id}/decide", [*fields, ("decision", "approve")])
    assert page.status == 422 and "No system is chosen." in page.text
    assert (await reads.get_run(desk.home.service, run_id, tenant="default")).decisions == ()


async def test_a_plan_is_edited_and_asked_about_anew(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await desk.open(f"/runs/{run_id}")
    before = dict(page.button("Approve plan").fields)["digest"]
    page = await desk.press("Make a new plan", without="github", slug="acme-two")
    assert page.status == 200
    run = await desk.home.until(run_id, RunStatus.AWAITING_APPROVAL)
    assert run.systems == ("slack",) and run.company.slug == "acme-two"
    page = await desk.open(f"/runs/{run_id}")
    assert "operator changed the plan" in page.text
    assert dict(page.button("Approve plan").fields)["digest"] != before
    await desk.press("Approve plan")
    await desk.home.until(run_id, RunStatus.COMPLETED)
    assert desk.worlds["slack"].objects[0][0] == "a-acme-two"


async def test_an_edit_that_changes_nothing_or_is_wrong_says_so(desk: Desk) -> None:
    run_id = await desk.parked()
    await desk.open(f"/runs/{run_id}")
    page = await desk.press("Make a new plan")
    assert page.status == 422 and "The edit changes nothing." in page.text
    page = await desk.press("Make a new plan", slug="Not A Slug")
    assert page.status == 422 and "slug" in page.text
    page = await desk.press("Make a new plan", contact_email="nobody")
    assert page.status == 422 and "Approve this plan" in page.text


async def test_several_must_approve_and_the_page_says_how_many_have(folder: Path) -> None:
    rules = {"approval": [{"approvals": 2, "approvers": {"people": ["operator", "dana"]}}]}
    async with opened(folder, policy=Policy.model_validate(rules)) as desk:
        await _two_approve(desk)


async def _two_approve(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await desk.open(f"/runs/{run_id}")
    assert "0 of 2 approvals" in page.text and "May decide: operator, dana" in page.text
    page = await desk.press("Approve plan")
    assert "1 of 2 approvals: operator" in page.text
    assert "Your approval stands; others must approve too." in page.text
    assert "disabled" in page.button("Approve plan").attributes
    await desk.home.decide(run_id, "approve")
    run = await desk.home.settle(run_id)
    assert run.decisions[0].others == ("operator",)


async def test_who_may_not_decide_sees_why_and_can_do_nothing(desk: Desk) -> None:
    run_id = await desk.parked()
    desk.become(Actor("vera", "api", scopes=frozenset({Scope.VIEWER})))
    page = await desk.open(f"/runs/{run_id}")
    assert "This needs the scope approver." in page.text
    assert "disabled" in page.button("Approve plan").attributes
    assert not [b for b in page.buttons if b.text in ("Deny plan", "Cancel run", "Make a new plan")]
    page = await desk.press("Approve plan")
    assert page.status == 403
    assert (await reads.get_run(desk.home.service, run_id, tenant="default")).decisions == ()
    page = await desk.open("/launch")
    assert "disabled" in page.button("Launch").attributes
    assert "This needs the scope operator." in page.text


async def test_under_four_eyes_nobody_approves_their_own(folder: Path) -> None:
    async with opened(folder, four_eyes=True) as desk:
        await _another_approves(desk)


async def _another_approves(desk: Desk) -> None:
    await desk.open("/launch")
    await desk.press("Launch", company_name="Acme Corp")
    run_id = desk.path.rpartition("/")[2]
    await desk.home.settle(run_id)
    page = await desk.open(f"/runs/{run_id}")
    assert "Who launched the run or edited its plan cannot approve it." in page.text
    assert "disabled" in page.button("Approve plan").attributes
    desk.become(Actor("ilya", "api", scopes=frozenset(Scope)))
    await desk.open(f"/runs/{run_id}")
    await desk.press("Approve plan")
    run = await desk.home.settle(run_id)
    assert run.decisions[0].responder == "ilya"
    assert run.decisions[0].kind is DecisionKind.APPROVE


async def test_another_tenants_run_is_not_there(desk: Desk) -> None:
    run_id = await desk.parked()
    desk.become(replace(Actor("eve", "api", scopes=frozenset(Scope)), tenant="other"))
    for path in (f"/runs/{run_id}", f"/runs/{run_id}/events"):
        assert (await desk.open(path)).status == 404
    for path in ("/runs", "/approvals", f"/approvals?run={run_id}", f"/launch?from={run_id}"):
        assert "Acme Corp" not in (await desk.open(path)).text
    token = dict(desk.page.button("Auto theme").fields)["form_token"]
    for move in ("decide", "cancel", "pause", "resume", "verify", "step"):
        pairs = [("form_token", token), ("decision", "deny"), ("reason", "x"), ("system", "slack")]
        assert (await desk.send(f"/runs/{run_id}/{move}", pairs)).status == 404


async def test_a_question_is_listed_by_the_words_that_are_asked_about(folder: Path) -> None:
    words = "Onboard Vandelay and Kramerica"
    reader = RequestReader(Planner(ModelChoice()), 10_000)
    async with opened(folder, limits={**LIMITS, "reader": reader}) as desk:
        run = await desk.home.launch(None, request=words)
        await desk.home.until(run.run_id, RunStatus.NEEDS_CLARIFICATION)
        for path in ("/runs", "/approvals", f"/runs/{run.run_id}"):
            page = await desk.open(path)
            assert f"“{words}”" in page.text, path
