"""Everything that can be asked for on a page, by a browser that runs no scripts."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from domain.decisions import DecisionKind
from domain.status import RunStatus
from reasoning.models import ModelChoice
from reasoning.planner import Planner
from reasoning.reader import RequestReader
from server.lifecycle import reads
from tests.doubles.house import LIMITS
from tests.integration.console.conftest import Desk, opened

ORIGIN = "http://agentos.test"


async def escalated(desk: Desk) -> str:
    """A run whose slack was refused and that asks what to do."""
    desk.worlds["slack"].broken = "refused"
    run_id = await desk.parked()
    await desk.home.decide(run_id, "approve")
    await desk.home.until(run_id, RunStatus.ESCALATED)
    return run_id


async def test_launch_preview_approve_and_report(desk: Desk) -> None:
    await desk.open("/launch")
    page = await desk.press("Preview plan", company_name="Acme Corp")
    assert "Plan for Acme Corp" in page.text
    assert not any(world.objects for world in desk.worlds.values())
    assert (await reads.list_runs(desk.home.service, tenant="default")).items == []

    page = await desk.press("Launch")
    run_id = desk.path.rpartition("/")[2]
    run = await desk.home.settle(run_id)
    assert (run.launched_by, run.status) == ("operator", RunStatus.AWAITING_APPROVAL)
    page = await desk.open("/approvals")
    assert "Approve this plan for Acme Corp?" in page.text
    page = await desk.press("Approve plan")
    assert "operator approved this" in page.text
    run = await desk.home.settle(run_id)
    assert run.status is RunStatus.COMPLETED
    assert run.decisions[0].door == "console" and run.decisions[0].digest == run.plan.digest  # type: ignore[union-attr]
    page = await desk.open(f"/runs/{run_id}/report")
    assert "Acme Corp is onboarded into 2 of 2 systems." in page.text
    page = await desk.open(f"/runs/{run_id}/audit")
    assert all(word in page.text for word in ("run.launch", "decision.approve", "console"))


async def test_the_same_form_sent_twice_is_one_run(desk: Desk) -> None:
    await desk.open("/launch")
    form = desk.page
    await desk.press("Launch", company_name="Acme Corp")
    first, desk.page = desk.path, form
    await desk.press("Launch", company_name="Acme Corp")
    assert desk.path == first
    assert len((await reads.list_runs(desk.home.service, tenant="default")).items) == 1


async def test_a_wrong_launch_keeps_what_was_typed_and_names_the_field(desk: Desk) -> None:
    await desk.open("/launch")
    page = await desk.press("Launch", company_name="Acme", slug="Not A Slug", note="For Dana")
    assert page.status == 422
    assert "slug must be 1 to 60 characters" in page.text
    fields = dict(page.button("Launch").fields)
    assert (fields["company_name"], fields["slug"]) == ("Acme", "Not A Slug")
    assert ("input", "error-slug") in [(t, a.get("aria-describedby")) for t, a in page.tags]
    assert "For Dana" in page.text


async def test_denying_needs_a_reason_and_then_ends_the_run(desk: Desk) -> None:
    run_id = await desk.parked()
    await desk.open(f"/runs/{run_id}")
    page = await desk.press("Deny plan")
    assert page.status == 422 and "Denying needs a reason." in page.text
    page = await desk.press("Deny plan", reason="Wrong legal entity.")
    assert page.status == 200
    run = await desk.home.settle(run_id)
    assert (run.status, run.decisions[0].reason) == (RunStatus.DENIED, "Wrong legal entity.")


async def test_who_was_slower_is_told_who_was_faster(desk: Desk) -> None:
    run_id = await desk.parked()
    await desk.open(f"/runs/{run_id}")
    await desk.home.decide(run_id, "deny", reason="No budget.")
    page = await desk.press("Approve plan")
    assert page.status == 409
    assert "dana denied this just now Your choice was not used." in page.text
    assert not any(world.objects for world in desk.worlds.values())


async def test_a_plan_that_changed_meanwhile_is_not_approved(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await desk.open(f"/runs/{run_id}")
    button = page.button("Approve plan")
    button.fields[:] = [(n, "0" * 64 if n == "digest" else v) for n, v in button.fields]
    page = await desk.press("Approve plan")
    assert page.status == 409
    assert "The plan changed while you read. Review again." in page.text
    run = await reads.get_run(desk.home.service, run_id, tenant="default")
    assert run.status is RunStatus.AWAITING_APPROVAL


async def test_a_failed_system_is_retried_alone(desk: Desk) -> None:
    run_id = await escalated(desk)
    page = await desk.open(f"/runs/{run_id}")
    assert "Acme Corp needs a person" in page.text and "slack said no." in page.text
    desk.worlds["slack"].broken = None
    await desk.press("Retry Slack")
    assert (await desk.home.settle(run_id)).status is RunStatus.COMPLETED


async def test_skipping_needs_a_reason_which_is_reported(desk: Desk) -> None:
    run_id = await escalated(desk)
    await desk.open(f"/runs/{run_id}")
    page = await desk.press("Skip Slack")
    assert page.status == 422 and "Skipping needs a reason." in page.text
    await desk.press("Skip Slack", reason="They use another chat.")
    assert (await desk.home.settle(run_id)).status is RunStatus.COMPLETED
    page = await desk.open(f"/runs/{run_id}/report")
    assert "Skipped: They use another chat." in page.text


@pytest.mark.parametrize(
    ("button", "end"),
    [("Roll back run", RunStatus.ROLLED_BACK), ("Stop run", RunStatus.FAILED)],
)
async def test_an_escalated_run_is_ended_with_or_without_undoing(
    desk: Desk, button: str, end: RunStatus
) -> None:
    run_id = await escalated(desk)
    await desk.open("/approvals")
    await desk.press(button)
    run = await desk.home.until(run_id, end)
    assert bool(desk.worlds["github"].objects) is (end is RunStatus.FAILED)
    assert run.decisions[-1].kind in (DecisionKind.ROLLBACK, DecisionKind.ABORT)


async def test_cancelling_says_what_stays(desk: Desk) -> None:
    run_id = await escalated(desk)
    page = await desk.open(f"/runs/{run_id}")
    assert "2 actions are done and stay; choose undo to remove them." in page.text
    await desk.press("Cancel and undo", reason="Contract ended.")
    run = await desk.home.until(run_id, RunStatus.ROLLED_BACK)
    assert desk.worlds["github"].objects == [] and run.undone


async def test_a_paused_run_is_resumed(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await desk.open(f"/runs/{run_id}")
    token = dict(page.button("Approve plan").fields)["form_token"]
    page = await desk.send(f"/runs/{run_id}/pause", [("form_token", token)])
    assert "Paused" in page.text and "Approve plan" not in page.text
    page = await desk.press("Resume run")
    assert "Approve this plan for Acme Corp?" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"origin": "http://evil.test"},
    ],
)
async def test_a_form_of_another_site_does_nothing(desk: Desk, headers: dict[str, str]) -> None:
    run_id = await desk.parked()
    button = (await desk.open(f"/runs/{run_id}")).button("Approve plan")
    pairs = [*button.fields, ("decision", "approve")]
    sent = {"content-type": "application/x-www-form-urlencoded", **headers}
    answer = await desk.http.post(f"/runs/{run_id}/decide", content=urlencode(pairs), headers=sent)
    assert answer.status_code == 403
    run = await reads.get_run(desk.home.service, run_id, tenant="default")
    assert run.decisions == ()
    page = await desk.send(f"/runs/{run_id}/decide", pairs, origin=ORIGIN)
    assert page.status == 200


async def test_a_form_without_the_secret_of_its_cookie_does_nothing(desk: Desk) -> None:
    run_id = await desk.parked()
    button = (await desk.open(f"/runs/{run_id}")).button("Approve plan")
    pairs = [(n, "0" * 32 if n == "form_token" else v) for n, v in button.fields]
    page = await desk.send(f"/runs/{run_id}/decide", [*pairs, ("decision", "approve")])
    assert page.status == 403
    desk.http.cookies.clear()
    page = await desk.send(f"/runs/{run_id}/decide", [*button.fields, ("decision", "approve")])
    assert page.status == 403
    assert (await reads.get_run(desk.home.service, run_id, tenant="default")).decisions == ()


async def test_the_theme_is_remembered_and_leads_nowhere_else(desk: Desk) -> None:
    page = await desk.open("/runs?state=failed")
    button = page.button("Auto theme")
    page = await desk.press("Auto theme")
    assert ("html", {"lang": "en", "data-theme": "light"}) in page.tags
    assert desk.path == "/runs"
    for place in ("https://evil.test", "//evil.test", "/\\evil.test"):
        pairs = [(n, place if n == "back" else v) for n, v in button.fields]
        page = await desk.send("/theme", [*pairs, ("theme", "dark")])
        assert desk.path == "/runs"
    assert ("html", {"lang": "en", "data-theme": "dark"}) in page.tags


async def test_the_systems_are_asked_only_when_somebody_wants_it(desk: Desk) -> None:
    page = await desk.open("/systems")
    assert "Not asked yet" in page.text
    page = await desk.press("Check all systems")
    assert "Not asked yet" not in page.text and "Well" in page.text


async def test_no_worker_is_said_on_every_page(desk: Desk) -> None:
    async def none() -> str:
        return "No worker executes runs."

    console = desk.app.state.console
    service = replace(desk.home.service, probes={"worker": none})
    console.watch.service = service
    page = await desk.open("/runs")
    assert "No worker is running. Launches wait in the queue." in page.text


READER = RequestReader(Planner(ModelChoice()), 10_000)


async def test_a_goal_is_previewed_as_a_launch_reads_it(folder: Path) -> None:
    async with opened(folder, limits={**LIMITS, "reader": READER}) as desk:
        await desk.open("/launch")
        page = await desk.press("Preview plan", request="Onboard Acme Corp to Slack")
        assert "Plan for Acme Corp" in page.text and "GitHub 2 actions" not in page.text
        page = await desk.press("Preview plan", request="Onboard Acme to Slack, Globex to GitHub")
        assert all(w in page.text for w in ("Shall 2 runs", "Plan for Acme", "Plan for Globex"))
        page = await desk.press("Preview plan", request="Onboard our client to Slack")
        assert page.status == 200 and "Which company shall be onboarded?" in page.text
        assert "Plan for" not in page.text
        page = await desk.press("Preview plan", without="github", request="Onboard Acme Corp")
        assert "Slack 2 actions" in page.text and "GitHub 2 actions" not in page.text
        assert not any(world.objects for world in desk.worlds.values())
