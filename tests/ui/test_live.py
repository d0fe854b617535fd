"""Pages keep up with what happens, and leave alone what a person is at."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.running import Running
from tests.ui.conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def live(page: Page, path: str) -> None:
    """A page that hears of changes, and has read again what came before it did."""
    async with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        await page.goto(path)
        await expect(page.locator("#link-state")).to_have_text("Live")


async def test_the_second_sees_who_was_faster_without_reloading(
    visits: Visits, desk: Running
) -> None:
    run = desk.parked("Two Browsers")
    path = f"/runs/{run['run_id']}"
    first, second = await visits.begin(), await visits.begin()
    await live(first, path)
    await live(second, path)
    await second.evaluate("document.body.dataset.same = 'yes'")
    await second.locator("summary", has_text="Deny").click()
    await second.get_by_label("Why is it denied?").fill("No budget")
    await first.get_by_role("button", name="Approve plan").click()
    await expect(second.locator("#decision")).to_contain_text("operator approved this")
    assert await second.evaluate("document.body.dataset.same") == "yes"
    focused = await second.evaluate("document.activeElement.id")
    assert focused == "decision-title"
    desk.until(run["run_id"], "completed")


async def test_whoever_sends_too_late_is_told_who_won(visits: Visits, desk: Running) -> None:
    run = desk.parked("Too Late")
    page = await visits.begin()
    await live(page, f"/runs/{run['run_id']}")
    # This page is cut off from news, as behind a slow network, so that its form stays open.
    await page.context.route("**/pokes*", lambda route: route.abort())
    await page.evaluate("dispatchEvent(new Event('pagehide'))")
    body = {"decision": "deny", "reason": "No budget", "responder": "ilya"}
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/resume", body)
    await page.get_by_role("button", name="Approve plan").click()
    await expect(page.get_by_role("alert")).to_contain_text("ilya denied this")
    await expect(page.get_by_role("alert")).to_contain_text("Your choice was not used.")


async def test_typed_text_focus_and_dialogs_survive_what_happens_meanwhile(
    visits: Visits, desk: Running
) -> None:
    run = desk.parked("Typing")
    page = await visits.begin()
    await live(page, f"/runs/{run['run_id']}")
    await page.locator("summary", has_text="Deny").click()
    reason = page.get_by_label("Why is it denied?")
    await reason.fill("Half a sent")
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/pause")
    await expect(page.locator("h1")).to_contain_text("Paused")
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/resume")
    await expect(page.locator("h1")).to_contain_text("Needs approval")
    await page.get_by_role("button", name="Cancel run…").click()
    why = page.get_by_role("dialog").get_by_label("Reason")
    await why.fill("Dialogs sta")
    before = await page.locator(".events li").count()
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/pause")
    await expect(page.locator("h1")).to_contain_text("Paused")
    assert await page.locator(".events li").count() > before
    await expect(why).to_be_focused()
    await page.keyboard.type("y")
    await expect(why).to_have_value("Dialogs stay")


async def test_new_runs_are_counted_and_move_nothing(visits: Visits, desk: Running) -> None:
    desk.parked("Already There")
    page = await visits.begin()
    await live(page, "/runs")
    first = page.locator("tbody tr").first
    shown = await first.get_attribute("id")
    desk.parked("Newcomer")
    fresh = page.get_by_role("link", name="1 new run · Show")
    await expect(fresh).to_be_visible()
    assert await first.get_attribute("id") == shown
    await fresh.click()
    await expect(page.locator("tbody tr").first).to_contain_text("Newcomer")


async def test_a_run_is_watched_from_launch_to_report(visits: Visits, desk: Running) -> None:
    run = desk.call("POST", "/api/v1/runs", {"company_name": "Watched"})
    page = await visits.begin()
    await live(page, f"/runs/{run['run_id']}")
    await page.get_by_role("button", name="Approve plan").click()
    await expect(page.locator("h1")).to_contain_text("Completed")
    for name in ("planner", "approval", "slack", "github", "validator", "reporter", "__end__"):
        await expect(page.locator(f"#node-{name}")).to_have_attribute("data-tone", "good")
    await expect(page.locator("#system-slack")).to_contain_text("channel #welcome-watched")
    await page.get_by_role("link", name="Report", exact=True).click()
    await expect(page.locator("main")).to_contain_text("onboarded into 4 of 4 systems")


async def test_keys_lead_everywhere_and_none_fires_while_typing(
    visits: Visits, desk: Running
) -> None:
    run = desk.parked("By Keys")
    page = await visits.begin()
    await live(page, "/runs")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("gajk?")
    await expect(page.get_by_label("Organisation or run id")).to_have_value("gajk?")
    await page.locator("h1").click()
    await page.keyboard.press("j")
    await expect(page.locator("tbody a").first).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.wait_for_url("**/approvals")
    await live(page, f"/runs/{run['run_id']}")
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name="Approve plan")).to_be_focused()
    await page.keyboard.press("d")
    await page.keyboard.type("No budget")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("h1")).to_contain_text("Denied")


async def test_a_page_that_nobody_looks_at_holds_no_stream(visits: Visits, desk: Running) -> None:
    page = await visits.begin()
    await live(page, "/runs")
    hide = "Object.defineProperty(document, 'hidden', {{value: {}, configurable: true}});"
    told = "document.dispatchEvent(new Event('visibilitychange'))"
    await page.evaluate(hide.format("true") + told)
    await expect(page.locator("#link-state")).to_have_text("Paused")
    desk.parked("While Away")
    await page.evaluate(hide.format("false") + told)
    await expect(page.locator("#link-state")).to_have_text("Live")
    await expect(page.locator("#fresh")).to_contain_text("new run")


async def test_a_plan_is_edited_with_changes_marked_and_asked_about_anew(
    visits: Visits, desk: Running
) -> None:
    run = desk.parked("Edited")
    page = await visits.begin()
    await live(page, f"/runs/{run['run_id']}")
    digest = page.locator(".digest code")
    before = await digest.text_content() or ""
    await page.keyboard.press("e")
    await page.get_by_label("Short name").fill("edited-two")
    await expect(page.locator("[data-changed]")).to_have_count(1)
    await page.get_by_role("button", name="Reset fields").click()
    await expect(page.locator("[data-changed]")).to_have_count(0)
    await page.get_by_label("Short name").fill("edited-two")
    await page.locator("#edit .check", has_text="Grants").click()
    await expect(page.locator("[data-changed]")).to_have_count(2)
    await page.get_by_role("button", name="Make a new plan").click()
    await expect(page.locator("#decision")).to_contain_text("#welcome-edited-two")
    await expect(digest).not_to_have_text(before)
    await expect(page.locator("#node-grants")).to_have_count(0)
    await page.get_by_role("button", name="Approve plan").click()
    await expect(page.locator("h1")).to_contain_text("Completed")
    assert desk.until(run["run_id"], "completed")["company"]["slug"] == "edited-two"


async def test_a_goal_in_words_is_asked_about_and_planned(visits: Visits, desk: Running) -> None:
    page = await visits.begin()
    await page.goto("/launch")
    await page.get_by_label("Goal").fill("Please onboard our new client to Slack.")
    await page.get_by_role("button", name="Launch", exact=True).click()
    await expect(page.locator("#decision")).to_contain_text("Which company shall be onboarded?")
    await page.get_by_label("Answer").fill("Wayne Enterprises")
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.locator("#decision")).to_contain_text("Approve this plan for Wayne")
    await expect(page.locator("#node-github")).to_have_count(0)


async def test_a_database_that_is_away_is_said_and_what_was_read_stays(
    visits: Visits, desk: Running
) -> None:
    run = desk.parked("Database Away")
    page = await visits.begin()
    await live(page, f"/runs/{run['run_id']}")
    here = f"**/runs/{run['run_id']}"
    await page.context.route(here, lambda route: route.fulfill(status=503, body="<p>away</p>"))
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/pause")
    await expect(page.locator("#banners")).to_contain_text("Database unreachable. Showing what was")
    await expect(page.locator("h1")).to_contain_text("Needs approval")
    await page.context.unroute(here)
    desk.call("POST", f"/api/v1/runs/{run['run_id']}/resume")
    await expect(page.locator("#banners")).to_be_empty()


async def test_a_chat_is_led_by_keys_alone(visits: Visits) -> None:
    page = await visits.begin()
    await live(page, "/chat")
    message = page.get_by_label("Message")
    said = "Onboard Keys One and Keys Two in Slack"
    await page.keyboard.type(said)
    await page.keyboard.press("Enter")
    dismiss = page.get_by_role("button", name="Dismiss proposal")
    await dismiss.wait_for()
    await expect(message).to_be_focused()  # as the page of a chat that has begun sets it
    await dismiss.press("Enter")
    await expect(page.locator(".said[data-role=assistant]")).to_have_count(2)
    await expect(message).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(message).to_have_value("Dismiss")
    await page.keyboard.press("ArrowUp")
    await expect(message).to_have_value("Dismiss")
    await page.keyboard.press("Escape")
    await expect(message).not_to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(message).to_be_focused()


async def test_what_is_said_stands_there_while_it_is_answered(
    visits: Visits, desk: Running
) -> None:
    page = await visits.begin()
    await live(page, "/chat")
    let_go = asyncio.Event()

    async def slowly(route: Route) -> None:
        if route.request.method == "POST":
            await let_go.wait()
        await route.continue_()

    await page.route("**/chat/*", slowly)
    await page.get_by_label("Message").fill("what waits for me?")
    await page.keyboard.press("Enter")
    said = page.locator(".said .text")
    await expect(said).to_have_text(["what waits for me?", "Answering…"])
    waiting = page.locator("#waiting")
    before = await waiting.inner_text()
    desk.parked("While Answering")
    await expect(waiting).not_to_have_text(before)
    await expect(said).to_have_text(["what waits for me?", "Answering…"])
    let_go.set()
    await expect(said.last).not_to_have_text("Answering…")
    assert await said.count() == 2
