"""Begins lives and ends them: none outlives the test that began it."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.faults.life import Deed, Life, live

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.life", "tests.faults.warm"])
PATIENCE_SECONDS = 90
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Running:
    """A process that lives, or has lived."""

    process: BaseProcess
    said: Connection

    def send(self, number: signal.Signals) -> None:
        """A signal to it."""
        assert self.process.pid
        os.kill(self.process.pid, number)

    async def stopped(self) -> None:
        """Wait until SIGSTOP has stopped it."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while stat.read_text().rpartition(")")[2].split()[0] != "T":
                await asyncio.sleep(0.01)

    def hear(self) -> Any:
        """The next thing that it says; `EOFError` when it ends instead."""
        assert self.said.poll(PATIENCE_SECONDS)
        return self.said.recv()

    def end(self, number: signal.Signals | None = None) -> int:
        """How it ended, after a signal or by itself."""
        if number is not None:
            self.send(number)
        self.process.join(PATIENCE_SECONDS)
        assert self.process.exitcode is not None, "it does not end"
        return self.process.exitcode


@contextmanager
def begun(deed: Deed, life: Life) -> Iterator[Running]:
    """A life; kill -9 ends it if nothing else has."""
    ours, theirs = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=live, args=(life, deed, theirs))
    process.start()
    theirs.close()
    with ours:
        try:
            yield Running(process, ours)
        finally:
            process.kill()
            process.join()


def lived(deed: Deed, life: Life) -> int:
    """How a whole life ended: 0, or minus the number of the signal that killed it."""
    with begun(deed, life) as running:
        return running.end()
