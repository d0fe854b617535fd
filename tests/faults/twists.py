"""What makes a life differ: times shortened so that a test is quick, or a guard switched off.

A guard that is off is the negative control of the test that relies on it.
"""

import os
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from agentos import keeping, wiring
from agentos.settings import Settings
from domain.companies import Company
from domain.plans import Change
from domain.ports import EffectStatus, Entry, Ledger, Refs, System
from domain.steps import Resource
from server.store import claims, group_saver, log
from server.store.effects import RunLedger
from server.store.transactions import Transaction
from server.worker.presence import Presence
from server.worker.queued import QueuedEngine
from systems.connector import Connector
from systems.part import Part

LAGS = (0.0, 0.05, 0.1)
"""Look-ups after an unknown outcome, close together: the sandbox shows at once what it has."""


def impatient(patch: pytest.MonkeyPatch) -> None:
    """The look-ups after an unknown outcome follow close upon each other."""
    build = wiring.systems

    def systems(settings: Settings) -> dict[str, System]:
        found = build(settings)
        return {
            name: replace(one, read_lag_seconds=LAGS)
            for name, one in found.items()
            if isinstance(one, Connector)
        }

    patch.setattr(wiring, "systems", systems)


def careless(patch: pytest.MonkeyPatch) -> None:
    """Guard off: nobody looks what an earlier call did."""

    async def never(
        self: Connector,
        company: Company,
        entry: Entry,
        refs: Refs,
        ledger: Ledger,
        part: Part,
        pauses: Sequence[float],
    ) -> Resource | None:
        return None

    patch.setattr(Connector, "_resolve", never)


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
    append_all = log.append_all

    async def append(*args: Any, fence: int | None = None, **kwargs: Any) -> Any:
        return await append_all(*args, **kwargs)

    async def yes(*_: Any) -> bool:
        return True

    async def nothing_wanted(*_: Any) -> None:
        return None

    patch.setattr(log, "append_all", append)
    patch.setattr(claims, "extend", yes)
    patch.setattr(RunLedger, "_fenced", nothing_wanted)
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
