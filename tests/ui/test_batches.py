"""A sheet is dropped into the page, launched and approved as one, and watched to its end."""

import pytest
from playwright.async_api import expect

from tests.e2e.running import Running
from tests.ui.conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SHEET = b"company_name,systems,slug\nSheet One,slack,\nSheet Two,slack;github,\nSheet Three,,A B\n"


async def test_a_sheet_becomes_runs_that_are_approved_as_one(visits: Visits, desk: Running) -> None:
    page = await visits.begin()
    await page.goto("/batches")
    sheet = {"name": "spring.csv", "mimeType": "text/csv", "buffer": SHEET}
    await page.locator("#file").set_input_files(sheet)  # type: ignore[arg-type]
    await expect(page.locator("#checked")).to_contain_text("2 ready, 1 with errors")
    await expect(page.locator("#line-4")).to_contain_text("slug must be")
    await page.get_by_role("button", name="Launch 2").click()
    await expect(page.locator("#decision")).to_contain_text("2 plans wait", timeout=20_000)
    await page.get_by_role("button", name="Approve all 2").click()
    await page.get_by_role("button", name="Approve all plans").click()
    await expect(page.locator("#progress")).to_contain_text("3 of 3 done", timeout=20_000)
    await expect(page.locator("#chip-completed")).to_contain_text("2")
    done = desk.call("GET", "/api/v1/runs", company="Sheet Two")["items"]
    assert [run["status"] for run in done] == ["completed"]

    await page.goto("/batches")
    await page.locator("#file").set_input_files(sheet)  # type: ignore[arg-type]
    await expect(page.locator("main")).to_contain_text("This file was uploaded")
