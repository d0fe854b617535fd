"""One life of `agentos dev`, forked with everything imported, so that ten lives take seconds."""

import asyncio
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import agentos.wiring  # noqa: F401 - imported once, by the server that forks the lives
from agentos.cli.main import app
from server.lifecycle import proposals
from server.lifecycle.service import Service
from server.supervisor.desk import Desk
from server.supervisor.facts import Json
from systems import registry
from systems.connector import Connector
from tests.doubles.careless import never_looks
from tests.e2e.running import DEV, Running, end, reach

registry.modules()
_launch, _carry_out = Desk.launch, proposals.carry_out
LIVES = multiprocessing.get_context("forkserver")
LIVES.set_forkserver_preload([__name__, "tests.faults.warm"])


async def _launch_and_stop(self: Desk, call_id: str, said: str, **given: Any) -> Json:
    """In place of a launch in a chat: it takes effect, and its answer never comes."""
    told = await _launch(self, call_id, said, **given)
    return told if "proposed" in told else await asyncio.Future()


async def _carry_out_and_stop(service: Service, shown: str | None = None) -> bool:
    """In place of doing what was confirmed: the first thing takes effect, and nothing follows."""
    if shown is not None:
        await _carry_out(service, shown)
    return await asyncio.Future()


def _live(folder: str, stdout: Connection, careless: bool, stuck: bool) -> None:
    os.setsid()
    os.dup2(stdout.fileno(), 1)
    if careless:
        Connector._resolve = never_looks  # type: ignore[assignment, method-assign]
    if stuck:
        Desk.launch = _launch_and_stop  # type: ignore[method-assign]
        proposals.carry_out = _carry_out_and_stop
    app([*DEV, folder])


@contextmanager
def life(folder: Path, *, careless: bool = False, stuck: bool = False) -> Iterator[Running]:
    """A server on this data, in a process group of its own; at the end all of it is killed.

    `stuck`: a launch in a chat, or the first thing that was confirmed there, takes effect and then
    hangs.
    """
    ours, theirs = LIVES.Pipe(duplex=False)
    process = LIVES.Process(target=_live, args=(str(folder), theirs, careless, stuck))
    process.start()
    theirs.close()
    assert process.pid
    try:
        with ours, open(ours.fileno(), closefd=False) as stdout:
            running = reach(folder, process.pid, stdout.readline())
        with running.http:
            yield running
            end(process.pid)
    finally:
        end(process.pid)
        process.join()
