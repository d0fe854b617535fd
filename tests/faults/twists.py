"""What makes a life differ: times shortened so that a test is quick, or a guard switched off.

A guard that is off is the negative control of the test that relies on it.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from langgraph.checkpoint.base import id as ids
from sqlalchemy import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agentos import keeping, wiring
from domain.errors import StoreUnavailable
from domain.plans import Change
from domain.ports import EffectStatus, Entry, System
from domain.status import RunStatus
from server.api.app import create_app
from server.store import claims, group_saver, log, migrate
from server.store.effects import RunLedger
from server.store.tables import RunRow
from server.store.transactions import Transaction
from server.worker import drive, queued
from server.worker.drive import Driver
from server.worker.presence import Presence
from server.worker.queued import QueuedEngine
from systems.breaker import guarded
from systems.connector import Connector
from tests.doubles.careless import never_looks

LAGS = (0.0, 0.05, 0.1)
"""Look-ups after an unknown outcome, close together: the sandbox shows at once what it has."""


def impatient(patch: pytest.MonkeyPatch) -> None:
    """The look-ups after an unknown outcome follow close upon each other."""

    def hurry(system: System) -> System:
        assert isinstance(system, Connector)
        return guarded(replace(system, read_lag_seconds=LAGS))

    patch.setattr("systems.registry.guarded", hurry)


def careless(patch: pytest.MonkeyPatch) -> None:
    """Guard off: nobody looks what an earlier call did."""
    patch.setattr(Connector, "_resolve", never_looks)


def leased(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """A lease of this length, renewed four times as often."""
    engine = partial(QueuedEngine, lease_seconds=seconds, heartbeat_seconds=seconds / 4)
    patch.setattr(keeping, "QueuedEngine", engine)


def blind(patch: pytest.MonkeyPatch) -> None:
    """Guard off: nobody notices that a worker is gone; its leases run out."""

    async def gone(_self: Presence, others: Iterable[str]) -> AsyncIterator[str]:
        for nobody in [*others][:0]:
            yield nobody

    patch.setattr(Presence, "gone", gone)


def unfenced(patch: pytest.MonkeyPatch) -> None:
    """Guard off: this worker writes whether a run is its own or not."""
    append_all, fenced = log.append_all, RunLedger._fenced

    async def append(*args: Any, fence: int | None = None, **kwargs: Any) -> Any:
        return await append_all(*args, **kwargs)

    async def allowed(self: RunLedger, tx: Transaction, change: Change) -> Any:
        current = select(RunRow.fence).where(RunRow.run_id == self._run_id)
        self._fence = (await tx.session.execute(current)).scalar_one()
        return await fenced(self, tx, change)

    async def yes(*_: Any) -> bool:
        return True

    patch.setattr(log, "append_all", append)
    patch.setattr(claims, "extend", yes)
    patch.setattr(RunLedger, "_fenced", allowed)
    patch.setattr(group_saver, "FENCE", "__none")


def stopped_midway(patch: pytest.MonkeyPatch) -> None:
    """The process stops, by SIGSTOP, in the transaction of its first intent."""
    intend = RunLedger._intend

    async def stop(self: RunLedger, tx: Transaction, change: Change) -> Entry:
        entry = await intend(self, tx, change)
        os.kill(os.getpid(), signal.SIGSTOP)
        return entry

    patch.setattr(RunLedger, "_intend", stop)


def forgetful(patch: pytest.MonkeyPatch) -> None:
    """Guard off: neither finished branches nor outcomes of effects are remembered."""
    intend, put = RunLedger.intend, group_saver.GroupSaver.aput_writes

    async def reopen(self: RunLedger, change: Change) -> Entry:
        entry = await intend(self, change)
        return replace(entry, status=EffectStatus.INTENT, reopened=True)

    async def forget(self: Any, config: Any, writes: Sequence[tuple[str, Any]], *at: str) -> None:
        if not any(channel == "results" for channel, _ in writes):
            await put(self, config, writes, *at)

    patch.setattr(RunLedger, "intend", reopen)
    patch.setattr(group_saver.GroupSaver, "aput_writes", forget)


def mortal(patch: pytest.MonkeyPatch) -> None:
    """Guard off: what a restarted database ends does not begin again."""

    async def once(
        self: QueuedEngine, name: str, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        await work()

    patch.setattr(QueuedEngine, "_for_ever", once)


def refused_once(patch: pytest.MonkeyPatch, *, when: Path) -> None:
    """The database is away for one claim when this file is there."""
    take = claims.take

    async def refuse(*args: Any, **more: Any) -> Any:
        if when.exists():
            when.unlink()
            raise StoreUnavailable("The database went away.")
        return await take(*args, **more)

    patch.setattr(claims, "take", refuse)


def gives_up(patch: pytest.MonkeyPatch) -> None:
    """Guard off: a ring that cannot be answered at once is not answered."""

    async def once(part: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return await part()

    patch.setattr(queued, "_once_there", once)


def never_claiming(patch: pytest.MonkeyPatch) -> None:
    """This worker answers each ring and comes no further, nor does it ring itself."""

    async def hang(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    async def silent(*_: Any) -> None:
        return

    patch.setattr(claims, "take", hang)
    patch.setattr(QueuedEngine, "_ring_due", silent)


def swept(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """How often is looked for runs that nobody has rung for."""
    patch.setattr(queued, "SWEEP_SECONDS", seconds)


def thoughtful(patch: pytest.MonkeyPatch) -> None:
    """Time passes between the look at a run that awaits approval and the decision about it."""
    load = log.load

    async def look(tx: Transaction, run_id: str, **more: Any) -> Any:
        run = await load(tx, run_id, **more)
        if more.get("for_update") and run.status is RunStatus.AWAITING_APPROVAL:
            await asyncio.sleep(0.5)
        return run

    patch.setattr(log, "load", look)


def meeting(patch: pytest.MonkeyPatch, *, folder: Path) -> None:
    """Two processes have both looked at a run that awaits approval before either decides, and the
    second one decides when the first has."""
    load = log.load

    async def look(tx: Transaction, run_id: str, **more: Any) -> Any:
        run = await load(tx, run_id, **more)
        if more.get("for_update") and run.status is RunStatus.AWAITING_APPROVAL:
            own, decided = folder / f"{run_id}.{os.getpid()}", folder / f"{run_id} decided"
            own.touch()
            while len(here := sorted(folder.glob(f"{run_id}.*"))) < 2:
                await asyncio.sleep(0.01)
            tx.after_commit(decided.touch)
            while own != here[0] and not decided.exists():
                await asyncio.sleep(0.01)
        return run

    patch.setattr(log, "load", look)


def unlocked(patch: pytest.MonkeyPatch) -> None:
    """Guard off: whoever decides does not keep others from deciding meanwhile."""
    load = log.load

    async def look(tx: Transaction, run_id: str, **more: Any) -> Any:
        return await load(tx, run_id, **more | {"for_update": False})

    patch.setattr(log, "load", look)


def off_by(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """The clock that checkpoints are ordered by is wrong."""

    class Clock:
        @staticmethod
        def time_ns() -> int:
            return time.time_ns() + round(seconds * 1e9)

    patch.setattr(ids, "time", Clock)


def unseeded(patch: pytest.MonkeyPatch) -> None:
    """Guard off: what is stored already is not looked at when new checkpoints get their ids."""
    patch.setattr(drive, "seed_clock", lambda _newest: None)


def knows(patch: pytest.MonkeyPatch, *, versions: tuple[str, ...]) -> None:
    """The versions of the graph that this worker executes."""
    patch.setattr(wiring, "Driver", partial(Driver, graph_versions=versions))


def impolite(patch: pytest.MonkeyPatch) -> None:
    """Guard off: who makes the tables does not wait for others that do."""
    patch.setattr(migrate, "lock_key", lambda *_: os.getpid())


def speechless(patch: pytest.MonkeyPatch, *, path: str) -> None:
    """The process dies when it is about to answer a request to this path: all is committed."""

    def create(*args: Any, **more: Any) -> FastAPI:
        app = create_app(*args, **more)
        app.add_middleware(_Speechless, path=path)
        return app

    patch.setattr(wiring, "create_app", create)


class _Speechless:
    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def die(message: Message) -> None:
            if scope.get("path") == self._path and scope["method"] == "POST":
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await self._app(scope, receive, die)
