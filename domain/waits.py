"""How long a question has been open, and what is due next because of that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from domain.decisions import Decision
from domain.terms import Terms


class Due(StrEnum):
    """What happens when a time has come; of several at once the first here comes first."""

    REMINDER = "reminder"
    HANDOVER = "handover"
    EXPIRY = "expiry"


class Timer(NamedTuple):
    """What is due, and from when on."""

    at: datetime
    due: Due


class Waiting(BaseModel):
    """An open question: since when, what has happened to it, and who has approved so far.

    `since` moves on by the time for which the run was paused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: datetime
    reminders: int = 0
    handovers: int = 0
    approvals: tuple[Decision, ...] = ()
    paused_at: datetime | None = None

    def next(self, terms: Terms) -> Timer | None:
        """What is due first; nothing while the run is paused."""
        if self.paused_at is not None:
            return None
        return min(self._timers(terms), default=None, key=lambda timer: timer.at)

    def _timers(self, terms: Terms) -> Iterator[Timer]:
        reminders = sorted(terms.remind_after_seconds)[self.reminders :]
        yield from (self._timer(seconds, Due.REMINDER) for seconds in reminders[:1])
        handovers = sorted(step.after_seconds for step in terms.escalate)[self.handovers :]
        yield from (self._timer(seconds, Due.HANDOVER) for seconds in handovers[:1])
        if (expires_at := self.expires_at(terms)) is not None:
            yield Timer(expires_at, Due.EXPIRY)

    def expires_at(self, terms: Terms) -> datetime | None:
        """When the question is closed without an answer."""
        if terms.deadline_seconds is None:
            return None
        return self._timer(terms.deadline_seconds, Due.EXPIRY).at

    def _timer(self, seconds: float, due: Due) -> Timer:
        return Timer(self.since + timedelta(seconds=seconds), due)

    def paused(self, at: datetime) -> Self:
        return self.model_copy(update={"paused_at": at})

    def resumed(self, at: datetime) -> Self:
        """It goes on where it stood."""
        if self.paused_at is None:
            return self
        since = self.since + (at - self.paused_at)
        return self.model_copy(update={"since": since, "paused_at": None})
