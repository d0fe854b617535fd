"""The server dies and comes back while somebody is typing."""

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.running import AGENTOS, Running
from tests.ui.conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

Server = subprocess.Popen[str]
PATIENCE = 60_000


@pytest.fixture
def start(
    desk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], tuple[str, Server]]]:
    """Start a server on one port and one database, as often as wanted."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    monkeypatch.setenv("SANDBOX_URL", desk.sandbox.url)
    monkeypatch.setenv("SQLITE_DB_PATH", str(tmp_path / "agentos.db"))
    started: list[Server] = []

    def begin() -> tuple[str, Server]:
        process = subprocess.Popen(
            [*AGENTOS, "serve", "--port", port, "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout and process.stdout.readline()
        return f"http://127.0.0.1:{port}", process

    yield begin
    for process in started:
        with process:
            process.kill()


async def test_the_page_says_so_comes_back_and_keeps_what_was_typed(
    visits: Visits, start: Callable[[], tuple[str, Server]]
) -> None:
    url, server = start()
    page = await visits.begin(url)
    await page.goto("/launch")
    await page.get_by_label("Organisation", exact=True).fill("Typed Before")
    await page.get_by_role("button", name="Launch", exact=True).click()
    await expect(page.locator("h1")).to_contain_text("Needs approval", timeout=PATIENCE)
    await expect(page.locator("#link-state")).to_have_text("Live")
    await page.locator("summary", has_text="Deny").click()
    reason = page.get_by_label("Why is it denied?")
    await reason.fill("Half a sentence")

    server.send_signal(signal.SIGKILL)
    server.wait()
    await expect(page.locator("#link-state")).to_have_text("Reconnecting…")
    await page.get_by_role("button", name="Deny plan").click()
    await expect(page.locator("#banners")).to_contain_text("What you typed is still here")

    start()
    await expect(page.locator("#link-state")).to_have_text("Live", timeout=PATIENCE)
    await expect(reason).to_have_value("Half a sentence")
    await page.get_by_role("button", name="Deny plan").click()
    await expect(page.locator("h1")).to_contain_text("Denied")
    await expect(page.locator("#decision")).to_contain_text("Half a sentence")
