"""Stands where the graph would be: notes what an engine lets it execute, and for how long."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from server.store.claims import Claim
from server.worker.drive import Brake, Driver


@dataclass
class Recorder:
    """`work` is what an execution does; `most` the largest number at a time, by group."""

    work: Callable[[Claim, Brake], Any] | None = None
    group: Callable[[str], str] = lambda _run_id: "all"
    graph_versions: tuple[str, ...] = ("1",)
    order: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def driver(self) -> Driver:
        """As the engines' type wants it."""
        return cast("Driver", self)

    async def drive(self, claim: Claim, brake: Brake) -> None:
        group = self.group(claim.run_id)
        self.order.append(claim.run_id)
        self.now[group] += 1
        self.most[group] = max(self.most[group], self.now[group])
        self.changed.set()
        try:
            if self.work:
                await self.work(claim, brake)
        finally:
            self.now[group] -= 1
            self.changed.set()

    async def fail(self, claim: Claim, code: str, message: str) -> None:
        self.failed.append(code)

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait until the record says so; fails the test when it never does."""
        async with asyncio.timeout(seconds):
            while not true():
                self.changed.clear()
                try:
                    async with asyncio.timeout(0.2):
                        await self.changed.wait()
                except TimeoutError:
                    continue


async def until_stopped(_claim: Claim, brake: Brake) -> None:
    """An execution that parks at the next boundary after it is told to."""
    while not brake.stopped:
        await asyncio.sleep(0.02)
