"""What lies between us and the systems: proxies of the machine, and answers that take too long."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from agentos.sandboxed import sandbox_variables
from domain.codes import Effect, ErrorCode
from domain.companies import Company
from domain.errors import SystemFault
from domain.steps import Resource
from systems import registry
from systems.connector import Connector
from systems.newsletter.mailman.connector import build as mailman
from tests.memory_ledger import MemoryLedger
from tests.sandbox_server import SandboxServer

COMPANY = Company(company_id="co_0123456789abcdef", name="Acme Corp", slug="acme-corp")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
TIMEOUTS = ("SLACK", "GITHUB", "BREVO", "GRANTS", "MAILMAN")
CLIENTS = ("slack", "github", "newsletter", "grants", "mailman")
Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


def connector(name: str, url: str) -> Connector:
    """A connector that leads to `url` and waits two seconds for an answer."""
    times = {f"{prefix}_TIMEOUT_SECONDS": "2" for prefix in TIMEOUTS}
    core = {"URL": url, "USER": "x", "PASSWORD": "x", "DOMAIN": "example.com"}
    mailmans = {f"MAILMAN_{name}": value for name, value in core.items()}
    variables = {**sandbox_variables(url), **times, **mailmans}
    built = mailman(variables) if name == "mailman" else registry.modules()[name].build(variables)
    assert isinstance(built, Connector)
    return built


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies that nobody answers at, as some machines have them."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")


async def test_a_proxy_does_not_come_between_us_and_this_machine(
    sandbox: SandboxServer, nowhere: None
) -> None:
    for name in registry.modules():
        one = connector(name, sandbox.url)
        health = await one.check()
        assert health.ok, health.detail
        plan = await one.plan(COMPANY, MemoryLedger("run_1"))
        ledger, refs = MemoryLedger("run_1"), dict[str, Resource]()
        for change in plan:
            refs[change.resource] = await one.apply(COMPANY, change, refs, ledger, confirmed=False)
        assert refs


async def test_that_proxy_does_come_between_when_a_client_heeds_it(
    sandbox: SandboxServer, nowhere: None
) -> None:
    async with httpx.AsyncClient() as heeding:
        with pytest.raises(httpx.ConnectError):
            await heeding.get(f"{sandbox.url}/_sandbox/health")


async def silent(writer: asyncio.StreamWriter) -> None:
    """Says nothing for eight seconds."""
    await asyncio.sleep(8)


async def dripping(writer: asyncio.StreamWriter) -> None:
    """Says a little every half second, for eight of them."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n")
    for _ in range(16):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.5)


@asynccontextmanager
async def slow(speak: Speak) -> AsyncIterator[str]:
    """A server whose answers take eight seconds, on a free port of this machine."""
    speaking: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await speak(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            speaking.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for task in [*speaking]:
            task.cancel()
        await asyncio.gather(*speaking)
        server.close()


@pytest.mark.parametrize("speak", [silent, dripping])
@pytest.mark.parametrize("name", CLIENTS)
async def test_an_answer_of_eight_seconds_is_waited_for_two(name: str, speak: Speak) -> None:
    """Acceptance: the one test of this folder that looks at a clock."""
    async with slow(speak) as url:
        one = connector(name, url)
        began = time.monotonic()
        with pytest.raises(SystemFault) as fault:
            await one.plan(COMPANY, MemoryLedger("run_1"))
        took = time.monotonic() - began
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.TIMEOUT, Effect.NONE)
    assert fault.value.retryable
    assert 1.5 < took <= 3


def test_githubs_client_can_be_imported() -> None:
    """It cannot with the next release of what it keeps answers with, which the lock holds off."""
    done = subprocess.run(
        [sys.executable, "-c", "import githubkit"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lock = (Path(__file__).parents[3] / "requirements.lock").read_text()
    assert re.search(r"^hishel==1\.", lock, re.MULTILINE)
