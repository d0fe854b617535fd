"""The Launch page while somebody types: the systems are asked when the typing has come to rest."""

import pytest
from playwright.async_api import Request, expect

from tests.ui.conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_a_name_is_checked_once_when_the_typing_rests(visits: Visits) -> None:
    page = await visits.begin()
    asked: list[str] = []

    def note(sent: Request) -> None:
        if "/launch/name" in sent.url:
            asked.append(sent.url)

    page.on("request", note)
    await page.goto("/launch")
    await page.get_by_label("Organisation", exact=True).press_sequentially("Typed Slowly", delay=20)
    await expect(page.locator("#name-check")).to_contain_text("typed-slowly is free in Slack")
    assert len(asked) < len("Typed Slowly") / 2
    await page.get_by_role("checkbox", name="Slack").uncheck()
    await expect(page.locator("#name-check")).not_to_contain_text("Slack")
    await page.get_by_label("Organisation", exact=True).fill("")
    await expect(page.locator("#name-check")).to_have_text("")
