"""What makes a life differ: times shortened so that a test is quick, or a guard switched off.

A guard that is off is the negative control of the test that relies on it.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agentos import wiring
from agentos.settings import Settings
from domain.companies import Company
from domain.ports import Entry, Ledger, Refs, System
from domain.steps import Resource
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
