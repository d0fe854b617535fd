"""Every page in every state, in both themes and on a phone: nothing for axe-core to find."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.running import Running
from tests.ui.conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AXE = Axe().axe_script
HOSTILE = 'Ümlaut <img src=x onerror=alert(1)> "W\u200dZ" ' + "x" * 60


@pytest.fixture(scope="module")
def runs(desk: Running) -> dict[str, str]:
    """One run in each state that looks different."""
    found = {"waiting": desk.parked(HOSTILE)["run_id"]}
    people = [{"name": "Dana", "email": "dana@acme.example"}]
    done = desk.parked("Looks Done", contacts=people)
    desk.approve(done)
    found["done"] = desk.until(done["run_id"], "completed")["run_id"]
    others = [{"name": "Ilya", "email": "ilya@acme.example"}]
    found["again"] = desk.parked("Looks Done", contacts=others, systems=["slack", "github"])[
        "run_id"
    ]
    denied = desk.parked("Looks Denied")
    body = {"decision": "deny", "reason": "No budget", "responder": "ilya"}
    desk.call("POST", f"/api/v1/runs/{denied['run_id']}/resume", body)
    found["denied"] = denied["run_id"]
    paused = desk.parked("Looks Paused")
    desk.call("POST", f"/api/v1/runs/{paused['run_id']}/pause")
    found["paused"] = paused["run_id"]
    desk.sandbox.fault(kind="auth_revoked", system="brevo", method="POST", times=0)
    failed = desk.parked("Looks Failed")
    desk.approve(failed)
    found["escalated"] = desk.until(failed["run_id"], "escalated")["run_id"]
    desk.sandbox.heal()
    rows = [{"company_name": "Looks Row"}, {"company_name": "Looks Wrong", "slug": "Not A Slug"}]
    found["batch"] = desk.call("POST", "/api/v1/batches", {"rows": rows}, launch=False)["batch_id"]
    begun = desk.call("POST", "/api/v1/batches", {"rows": [{"company_name": "Looks Begun"}]})
    found["batch begun"] = begun["batch_id"]
    return found


def places(runs: dict[str, str]) -> Iterator[str]:
    """Addresses of all pages."""
    yield from ("/runs", "/runs?q=nothing-like-it", "/approvals", "/launch", "/systems", "/batches")
    yield from (f"/batches/{runs[name]}" for name in ("batch", "batch begun"))
    yield "/runs?state=waiting&by=operator&system=slack&since=2020-01-01&org=Looks+Failed"
    chosen = "&".join(
        f"run={run_id}" for name, run_id in runs.items() if not name.startswith("batch")
    )
    yield from (f"/runs/chosen?move={move}&{chosen}" for move in ("cancel", "retry"))
    yield "/chat"
    yield "/runs/run_0000000000000000000000"
    yield f"/launch?from={runs['done']}"
    yield f"/approvals?run={runs['escalated']}"
    for name, run_id in runs.items():
        if not name.startswith("batch"):
            yield f"/runs/{run_id}"
    for tab in ("plan", "report", "events", "audit"):
        yield f"/runs/{runs['done']}/{tab}"
        yield f"/runs/{runs['waiting']}/{tab}"


SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def findings(page: Page, place: str) -> list[str]:
    """What axe-core finds in both themes and widths, and whether the page runs over."""
    found = []
    await page.evaluate(AXE)
    for size in SIZES:
        await page.set_viewport_size(size)
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            # What a theme changes is contrast alone.
            rules = {} if theme == "light" else {"runOnly": ["color-contrast"]}
            result = await page.evaluate("rules => axe.run(rules)", rules)
            found += [
                f"{place} {theme} {size['width']}: {each['id']} {node['html'][:120]}"
                for each in result["violations"]
                for node in each["nodes"]
            ]
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{place} {size['width']}: runs over")
    return found


async def test_no_page_has_anything_for_axe_to_find(visits: Visits, runs: dict[str, str]) -> None:
    page = await visits.begin()
    found = []
    for place in places(runs):
        await page.goto(place)
        found += await findings(page, place)
    assert found == []


async def test_open_dialogs_errors_and_previews_have_nothing_either(
    visits: Visits, desk: Running, runs: dict[str, str]
) -> None:
    page = await visits.begin()
    await page.goto(f"/runs/{runs['escalated']}")
    await page.get_by_role("button", name="Roll back…").click()
    found = await findings(page, "roll back")
    await page.goto(f"/runs/{runs['waiting']}")
    await page.locator("summary", has_text="Deny").click()
    await page.get_by_role("button", name="Deny plan").click()
    await page.get_by_role("alert").wait_for()
    found += await findings(page, "deny without reason")
    await page.goto("/launch")
    await page.get_by_label("Goal").fill("Onboard Goal One to Slack, and Goal Two to grants.")
    await page.get_by_role("button", name="Preview plan").click()
    await page.get_by_role("heading", name="A launch would ask first").wait_for()
    found += await findings(page, "preview of a goal")
    await page.goto("/launch")
    await page.get_by_label("Organisation", exact=True).fill("Looks Preview")
    await expect(page.locator("#name-check")).to_contain_text("looks-preview is free in Slack")
    found += await findings(page, "short name checked")
    await page.locator("#contacts summary").click()
    await page.get_by_role("button", name="Preview plan").click()
    await page.get_by_role("heading", name="Plan for Looks Preview").wait_for()
    found += await findings(page, "preview")
    await page.goto("/systems")
    await page.get_by_role("button", name="Check all systems").click()
    await page.get_by_text("Slack accepts the token").wait_for()
    found += await findings(page, "systems checked")
    desk.sandbox.fault(kind="status", status=503, system="github", times=0)
    await page.get_by_role("button", name="Check all systems").click()
    await page.get_by_text("It was out of order").wait_for()
    found += await findings(page, "a system is silent")
    await page.goto("/launch")
    await page.get_by_label("Organisation", exact=True).fill("Looks Silent")
    await expect(page.locator("#name-check")).to_contain_text("GitHub does not answer since")
    found += await findings(page, "short name of a silent system")
    desk.sandbox.heal()
    await page.goto("/batches")
    wrong = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"company_name\n\xff\n"}
    await page.locator("#file").set_input_files(wrong)  # type: ignore[arg-type]
    await expect(page.locator("#problem")).to_contain_text("Save it as CSV UTF-8")
    found += await findings(page, "a file that is no sheet")
    await page.goto("/runs?state=waiting")
    await page.locator("summary", has_text="Save this view").click()
    await page.get_by_label("Name").fill("Looks saved")
    found += await findings(page, "saving a view")
    await page.get_by_role("button", name="Save view").click()
    await page.get_by_role("link", name="Looks saved").wait_for()
    found += await findings(page, "saved view")
    await page.goto("/chat")
    await page.get_by_label("Message").fill("What waits for me?")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/chat/*")
    await expect(page.locator(".said .text").last).not_to_have_text("Answering…")
    await expect(page.get_by_label("Message")).to_be_focused()
    found += await findings(page, "chat")
    await page.get_by_label("Message").fill("Onboard Looks One and Looks Two in Slack")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Confirm 2 actions").wait_for()
    found += await findings(page, "a proposal")
    await page.locator("h1").click()
    await page.keyboard.press("?")
    found += await findings(page, "keys")
    assert found == []


async def test_axe_would_find_something(visits: Visits) -> None:
    page = await visits.begin()
    await page.goto("/launch")
    await page.evaluate("document.querySelector('label').remove()")
    assert [line for line in await findings(page, "/launch") if " label " in line]
