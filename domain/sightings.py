"""What the calls to a system have shown of it lately."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.codes import ErrorCode


class Circuit(StrEnum):
    """`open`: the system is left alone for a while. `half_open`: the next call is let through, and
    its fate decides."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Sighting(BaseModel):
    """One system as one process has seen it, or several have; times are UTC.

    An answer is one whatever it says. `silent_since` is when the system stopped answering,
    `failed_at` the time of the last fault. `rate_left` calls of `rate_limit` were left at `rate_at`
    and until `rate_resets_at`, as the system's own headers said; None is what it did not tell.
    """

    model_config = ConfigDict(frozen=True)

    answered_at: datetime | None = None
    silent_since: datetime | None = None
    failed_at: datetime | None = None
    error_code: ErrorCode | None = None
    rate_at: datetime | None = None
    rate_left: int | None = None
    rate_limit: int | None = None
    rate_resets_at: datetime | None = None
    circuit: Circuit = Circuit.CLOSED
    circuit_until: datetime | None = None

    @property
    def asked_at(self) -> datetime | None:
        """When the system was last heard, or listened for in vain."""
        return max((at for at in (self.answered_at, self.failed_at) if at), default=None)


_GROUPS = (
    ("asked_at", ("silent_since",)),
    ("answered_at", ("answered_at",)),
    ("failed_at", ("failed_at", "error_code")),
    ("rate_at", ("rate_at", "rate_left", "rate_limit", "rate_resets_at")),
)
_WORST_LAST = tuple(Circuit)


def together(seen: Sequence[Sighting]) -> Sighting:
    """The newest of each fact, and the worst circuit, of several processes."""
    facts: dict[str, object] = {}
    for key, names in _GROUPS:
        dated = [one for one in seen if getattr(one, key) is not None]
        if dated:
            newest = max(dated, key=lambda one: getattr(one, key))
            facts |= {name: getattr(newest, name) for name in names}
    worst = max(seen, key=lambda one: _WORST_LAST.index(one.circuit), default=Sighting())
    return Sighting.model_validate(
        {**facts, "circuit": worst.circuit, "circuit_until": worst.circuit_until}
    )
