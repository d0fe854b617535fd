"""kill -9 around every call to a system: the next life ends the run, each effect stands once."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agentos.sandboxed import sandbox_variables
from domain.runs import RunState
from domain.status import RunStatus
from sandbox.journal import is_read
from server.lifecycle import reads
from systems import registry
from tests.doubles.house import house
from tests.faults.life import live
from tests.sandbox_server import SandboxServer, sandbox_server

LIVES = multiprocessing.get_context("forkserver")
LIVES.set_forkserver_preload(["tests.faults.life"])

MADE = {
    "slack": {"channel": 2, "message": 1},
    "github": {"team": 1, "repository": 2, "grant": 1},
    "brevo": {"list": 1},
    "grants": {"application": 1},
}
"""What the systems hold after one onboarding; Slack has a channel and GitHub a template from the
start."""


class Reaper:
    """Kills a process when the n-th write arrives, before it is carried out or after."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.pid, self.at, self.after_effect, self.seen = 0, 0, False, 0

    def aim(self, pid: int, at: int, *, after_effect: bool) -> None:
        self.at, self.after_effect, self.seen, self.pid = at, after_effect, 0, pid

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/_sandbox") or is_read(scope["method"], path) or not self.pid:
            await self._app(scope, receive, send)
            return
        self.seen += 1
        due = self.seen == self.at
        if due and not self.after_effect:
            os.kill(self.pid, signal.SIGKILL)
            return

        async def forward(message: Message) -> None:
            if due and message["type"] == "http.response.start":
                os.kill(self.pid, signal.SIGKILL)
            await send(message)

        forward.__self__ = send.__self__  # type: ignore[attr-defined]
        await self._app(scope, receive, forward)


reapers: list[Reaper] = []


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxServer]:
    def around(app: ASGIApp) -> ASGIApp:
        reapers.append(Reaper(app))
        return reapers[-1]

    with sandbox_server(around=around) as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    reapers[-1].pid = 0
    running.reset()
    return running


async def approved(folder: Path, sandbox: SandboxServer) -> str:
    """A run with an approval on record that nobody has begun to carry out."""
    systems = registry.build(sandbox_variables(sandbox.url))
    async with house(folder, systems) as home:
        run = await home.launch()
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    async with house(folder, systems, served=False) as home:
        await home.decide(run.run_id, "approve")
    return run.run_id


async def read(folder: Path, run_id: str) -> RunState:
    async with house(folder, {}, served=False) as home:
        return await reads.get_run(home.service, run_id)


def one_life(folder: Path, sandbox: SandboxServer, run_id: str, at: int, after: bool) -> int:
    """How the process ended; `at` 0 lets it live."""
    process = LIVES.Process(target=live, args=(str(folder), sandbox.url, run_id))
    process.start()
    assert process.pid
    reapers[-1].aim(process.pid if at else 0, at, after_effect=after)
    process.join(90)
    reapers[-1].pid = 0
    assert process.exitcode is not None
    return process.exitcode


def objects(sandbox: SandboxServer) -> dict[str, dict[str, int]]:
    counts = sandbox.counts()
    return {system: {kind: counts[system].get(kind, 0) for kind in MADE[system]} for system in MADE}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 11))
async def test_every_effect_stands_once_when_the_process_is_killed(
    tmp_path: Path, sandbox: SandboxServer, at: int, after_effect: bool
) -> None:
    run_id = await approved(tmp_path, sandbox)
    ended = await asyncio.to_thread(one_life, tmp_path, sandbox, run_id, at, after_effect)
    assert ended == -signal.SIGKILL
    assert await asyncio.to_thread(one_life, tmp_path, sandbox, run_id, 0, False) == 0
    run = await read(tmp_path, run_id)
    assert run.status is RunStatus.COMPLETED, run.steps
    assert objects(sandbox) == MADE
    assert all(r.created_by_us for step in run.steps.values() for r in step.resources)
