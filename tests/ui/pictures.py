"""Makes the pictures in docs/pictures from a sandbox: `make pictures`."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.e2e.running import Running, dev
from tests.ui.conftest import FLAGS, NAMES

FOLDER = Path(__file__).parents[2] / "docs/pictures"
SIZE: ViewportSize = {"width": 1180, "height": 760}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _day(desk: Running) -> dict[str, str]:
    """A morning's work; the addresses of the pages to be shown, by name."""
    for name in ("Northwind Traders", "Initech", "Umbrella Research"):
        run = desk.parked(name)
        desk.approve(run)
        desk.until(run["run_id"], "completed")
    denied = desk.parked("Soylent Foods")
    body = {"decision": "deny", "reason": "Wrong legal entity.", "responder": "ilya"}
    desk.call("POST", f"/api/v1/runs/{denied['run_id']}/resume", body)
    desk.sandbox.fault(kind="auth_revoked", system="github", method="POST", times=0)
    failed = desk.parked("Acme Corp")
    desk.approve(failed)
    desk.until(failed["run_id"], "escalated")
    desk.sandbox.heal()
    waiting = desk.parked("Globex", contacts=[{"name": "Hank", "email": "hank@globex.example"}])
    desk.parked("Stark Industries")
    return {
        "runs": "/runs",
        "run": f"/runs/{failed['run_id']}",
        "approval": f"/approvals?run={waiting['run_id']}",
    }


async def _take(browser: Browser, desk: Running, places: dict[str, str]) -> None:
    for theme in THEMES:
        context = await browser.new_context(
            base_url=desk.url,
            viewport=SIZE,
            color_scheme=theme,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        for name, place in places.items():
            await page.goto(place)
            await page.locator("#link-state", has_text="Live").wait_for()
            await page.screenshot(path=FOLDER / f"{name}-{theme}.png")
        await context.close()


async def _main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, dev(Path(folder)) as (desk, _process):
        places = _day(desk)
        async with async_playwright() as playwright:
            found = next(filter(None, map(shutil.which, NAMES)), None)
            browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
            await _take(browser, desk, places)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(_main())
