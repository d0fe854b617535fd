"""Whoever knows only the address launches, previews, approves, watches, retries and rolls back."""

import re

import pytest

from tests.e2e.running import Running
from tests.ui.conftest import Visits
from tests.ui.hands import Keyboard, Mouse, NoScript

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("kind", [Mouse, Keyboard, NoScript])
async def test_the_day_of_an_operator(visits: Visits, desk: Running, kind: type[Mouse]) -> None:
    page = await visits.begin(**kind.options)
    hand = kind(page)
    name = f"Walk {kind.__name__}"
    desk.sandbox.fault(kind="auth_revoked", system="brevo", method="POST", times=0)

    await page.goto("/")
    await hand.press(page.get_by_role("link", name="Launch", exact=True).last)
    await hand.fill(page.get_by_label("Organisation", exact=True), name)
    await hand.press(page.get_by_role("button", name="Preview plan"))
    await hand.watch(page.get_by_role("heading", name=f"Plan for {name}"))
    assert desk.call("GET", "/api/v1/runs", company=name)["items"] == []
    await hand.press(page.get_by_role("button", name="Launch", exact=True))

    await hand.watch(page.get_by_role("heading", name=f"Approve this plan for {name}?"))
    await hand.press(page.get_by_role("button", name="Approve plan"))
    await hand.watch(page.get_by_role("heading", name=f"{name} needs a person"))
    run_id = re.findall(r"run_\w+", page.url)[0]
    assert [d["door"] for d in desk.call("GET", f"/api/v1/runs/{run_id}")["decisions"]] == [
        "console"
    ]

    await hand.press(page.get_by_role("button", name="Retry Newsletter"))
    await hand.watch(page.get_by_text("Started, attempt 2"))
    await hand.watch(page.locator("#decision", has_text="needs a person"))
    events = desk.call("GET", f"/api/v1/runs/{run_id}/events")["items"]
    assert [e for e in events if e["type"] == "step_started" and e["data"]["attempt"] > 1]

    desk.sandbox.heal()
    await hand.press(page.get_by_role("button", name="Roll back…"))
    await hand.press(page.get_by_role("dialog").get_by_role("button", name="Roll back run"))
    await hand.watch(page.locator("h1", has_text="Rolled back"))
    await hand.press(page.get_by_role("link", name="Report", exact=True))
    await hand.watch(page.get_by_text(f"The onboarding of {name} was rolled back"))
    await hand.press(page.get_by_role("link", name="Audit", exact=True))
    await hand.watch(page.get_by_role("row", name="run.launch"))
    assert desk.call("GET", f"/api/v1/runs/{run_id}")["status"] == "rolled_back"
