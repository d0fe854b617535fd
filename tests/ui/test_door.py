"""The door of the console in a real browser: nothing for axe to find, and nothing typed is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.api import gate
from server.lifecycle import callers, keys
from tests.integration.caller import served
from tests.integration.console.conftest import Desk, opened
from tests.integration.console.door.conftest import ROOT, given, keyed
from tests.ui.conftest import Visits
from tests.ui.hands import NoScript
from tests.ui.test_looks import findings

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Desk, str]]:
    """A console that asks for keys, and its address."""
    for module in (gate, callers):
        monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    async with opened(tmp_path, keyed) as desk, served(desk.app) as http:
        yield desk, str(http.base_url).rstrip("/")


async def test_in_and_out_without_scripts_and_nothing_for_axe_to_find(
    visits: Visits, house: tuple[Desk, str]
) -> None:
    desk, url = house
    page = await visits.begin(url)
    await page.goto("/approvals")
    found = await findings(page, "log in")
    await page.get_by_label("API key").fill("aos_wrong")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_contain_text("This key opens nothing here.")
    found += await findings(page, "refused")
    await page.goto("/auth/signed-out")
    found += await findings(page, "logged out")
    assert found == []
    plain = await visits.begin(url, **NoScript.options)
    await plain.goto("/approvals")
    await plain.get_by_label("API key").fill((await given(desk)).text)
    await plain.keyboard.press("Enter")
    await expect(plain.get_by_role("heading", name="Approvals")).to_be_visible()
    await plain.get_by_role("button", name="Log out").click()
    await expect(plain.get_by_role("heading", name="You are logged out")).to_be_visible()


async def test_what_was_typed_stays_when_the_session_ends(
    visits: Visits, house: tuple[Desk, str]
) -> None:
    desk, url = house
    page = await visits.begin(url)
    await page.goto("/launch")
    made = await given(desk)
    await page.get_by_label("API key").fill(made.text)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await page.get_by_label("Organisation", exact=True).fill("Acme Corp")
    await keys.revoke(desk.home.service.database, ROOT, made.key.key_id)
    desk.home.service.bell.ring("run_1")
    await expect(page.get_by_text("Your session has ended.")).to_be_visible()
    await page.get_by_role("button", name="Launch", exact=True).click()
    await expect(page.get_by_text("Your session has ended.")).to_be_visible()
    await expect(page.get_by_label("Organisation", exact=True)).to_have_value("Acme Corp")
