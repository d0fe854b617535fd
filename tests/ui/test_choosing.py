"""Runs are chosen by keys, and cancelled without touching a mouse."""

import pytest
from playwright.async_api import expect

from tests.e2e.running import Running
from tests.ui.conftest import Visits
from tests.ui.test_looks import findings

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_two_runs_are_chosen_and_cancelled_by_keys(visits: Visits, desk: Running) -> None:
    ids = [desk.parked(f"Chosen {word}")["run_id"] for word in ("Two", "One")]
    page = await visits.begin()
    await page.goto("/runs?q=chosen")
    bar = page.locator("#bulk")
    await expect(bar).to_be_hidden()
    for key in "jxjx":
        await page.keyboard.press(key)
    await expect(page.get_by_role("checkbox", name="Choose Chosen Two")).to_be_checked()
    await page.keyboard.press("x")
    await expect(page.get_by_role("checkbox", name="Choose Chosen Two")).not_to_be_checked()
    await page.keyboard.press("x")
    await expect(bar).to_be_visible()
    found = await findings(page, "chosen in the list")
    await page.keyboard.press("c")
    button = page.get_by_role("button", name="Cancel 2 runs")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("2 cancelled")
    found += await findings(page, "outcomes")
    for run_id in ids:
        desk.until(run_id, "cancelled")
    assert found == []
