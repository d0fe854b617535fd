"""Real Chromium before a whole `agentos dev`; one of each for all tests."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.e2e.running import Running, dev

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with its worker and stand-ins."""
    with dev(tmp_path_factory.mktemp("dev")) as (running, _process):
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Skips when there is none."""
    async with async_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        found = next(filter(None, map(shutil.which, NAMES)), None)
        if found is None and not own.exists():
            pytest.skip("No Chromium: `make browser` installs one where apt-get can.")
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        await browser.close()


class Visits:
    """Contexts of the browser, each with what must never happen in one."""

    def __init__(self, browser: Browser, desk: Running) -> None:
        self._browser, self._desk = browser, desk
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    async def begin(self, url: str = "", **options: object) -> Page:
        """Somebody with a browser of their own, who prefers calm."""
        origin = url or self._desk.url
        context = await self._browser.new_context(
            base_url=origin,
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        self._contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("request", lambda sent: self._look(sent.url, origin))
        page = await context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        page.on(
            "console",
            lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None,
        )
        return page

    def _look(self, url: str, origin: str) -> None:
        if urlsplit(url).netloc != urlsplit(origin).netloc:
            self.wrong.append(f"a request to {url}")

    async def end(self) -> None:
        for context in self._contexts:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser, desk: Running) -> AsyncIterator[Visits]:
    """No request leaves the host, no script fails and none runs that is not ours."""
    visits = Visits(browser, desk)
    yield visits
    await visits.end()
    desk.sandbox.heal()
    assert visits.wrong == []
