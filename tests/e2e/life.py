"""One life of `agentos dev`, forked with everything imported, so that ten lives take seconds."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import agentos.wiring  # noqa: F401 - imported once, by the server that forks the lives
from agentos.cli.main import app
from domain.companies import Company
from domain.ports import Entry, Ledger, Refs
from domain.steps import Resource
from systems import registry
from systems.connector import Connector
from systems.part import Part
from tests.e2e.running import DEV, Running, end, reach

registry.modules()
LIVES = multiprocessing.get_context("forkserver")
LIVES.set_forkserver_preload([__name__])


async def _never(
    self: Connector,
    company: Company,
    entry: Entry,
    refs: Refs,
    ledger: Ledger,
    part: Part,
    pauses: Sequence[float],
) -> Resource | None:
    """In place of the look-up: nobody asks what an earlier call did."""
    return None


def _live(folder: str, stdout: Connection, careless: bool) -> None:
    os.setsid()
    os.dup2(stdout.fileno(), 1)
    if careless:
        Connector._resolve = _never  # type: ignore[method-assign]
    app([*DEV, folder])


@contextmanager
def life(folder: Path, *, careless: bool = False) -> Iterator[Running]:
    """A server on this data, in a process group of its own; at the end all of it is killed."""
    ours, theirs = LIVES.Pipe(duplex=False)
    process = LIVES.Process(target=_live, args=(str(folder), theirs, careless))
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
