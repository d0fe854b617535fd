"""Three ways of using a page: a mouse, a keyboard, and a browser without JavaScript."""

from typing import Any

from playwright.async_api import Locator, Page, expect

PATIENCE = 20_000
_AT = "element => element === document.activeElement"


class Mouse:
    """Clicks."""

    options: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await target.click()

    async def fill(self, target: Locator, text: str) -> None:
        await target.click()
        await target.press_sequentially(text)

    async def watch(self, target: Locator) -> None:
        """Wait for it; the page is not touched."""
        await expect(target.first).to_be_visible(timeout=PATIENCE)


class Keyboard(Mouse):
    """Goes by Tab, as somebody who cannot use a mouse."""

    async def press(self, target: Locator) -> None:
        await self._reach(target)
        await self.page.keyboard.press("Enter")

    async def fill(self, target: Locator, text: str) -> None:
        await self._reach(target)
        await self.page.keyboard.type(text)

    async def _reach(self, target: Locator) -> None:
        await expect(target).to_be_visible(timeout=PATIENCE)
        for _ in range(120):
            if await target.evaluate(_AT):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by Tab")


class NoScript(Mouse):
    """Reads the page again to see what has happened."""

    options = {"java_script_enabled": False}  # noqa: RUF012

    async def watch(self, target: Locator) -> None:
        for _ in range(100):
            if await target.first.is_visible():
                return
            await self.page.wait_for_timeout(200)
            await self.page.reload()
        raise AssertionError(f"{target} never came")
