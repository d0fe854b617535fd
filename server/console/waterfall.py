"""How long each part of a run took: rows in which length is time.

Hours of waiting for a person would leave nothing visible of seconds of work, so a wait is drawn no
longer than a part of the work around it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain import events
from domain.events import RecordedEvent
from server.console.moments import took
from server.console.words import Tone, system

_PERSON = "A person"
_SHARE = 0.25
WIDTH = 1000.0


class Bar(NamedTuple):
    """A stretch in a row, in thousandths of the width; `open` while it is going on."""

    x: float
    width: float
    tone: Tone
    open: bool
    said: str


class Row(NamedTuple):
    """One part of the run."""

    title: str
    bars: tuple[Bar, ...]


class _Stretch(NamedTuple):
    row: str
    begin: datetime
    end: datetime
    tone: Tone
    open: bool


def rows(log: Sequence[RecordedEvent], now: datetime) -> list[Row]:
    """The rows in the order in which they began; empty before anything has begun."""
    stretches = _stretches(log, now)
    if not stretches:
        return []
    scale = _scale(stretches)
    titles = list(dict.fromkeys(s.row for s in stretches))
    return [Row(t, tuple(_bar(s, scale) for s in stretches if s.row == t)) for t in titles]


def _stretches(log: Sequence[RecordedEvent], now: datetime) -> list[_Stretch]:
    found: list[_Stretch] = []
    running: dict[str, tuple[datetime, Tone]] = {}

    def end(row: str, at: datetime, tone: Tone | None = None) -> None:
        if row in running:
            began, usual = running.pop(row)
            found.append(_Stretch(row, began, at, tone or usual, open=False))

    for recorded in log:
        at = recorded.at
        match recorded.event:
            case events.PlanningStarted():
                running["Plan"] = (at, Tone.GOOD)
            case (
                events.ApprovalRequested()
                | events.EscalationRequested()
                | events.ClarificationRequested()
            ):
                end("Plan", at)
                end("Check", at)
                running[_PERSON] = (at, Tone.WAITS)
            case events.DecisionRecorded():
                end(_PERSON, at)
            case events.StepStarted(system=name):
                running[system(name)] = (at, Tone.GOOD)
            case events.StepFinished(result=result):
                end(system(result.system), at, Tone.GOOD if result.settled else Tone.BAD)
            case events.ValidationStarted():
                running["Check"] = (at, Tone.GOOD)
            case events.RetryScheduled():
                end("Check", at)
            case events.RollbackStarted():
                running["Roll back"] = (at, Tone.QUIET)
            case events.ReportingStarted():
                end("Check", at)
            case (
                events.RunCompleted()
                | events.RunFailed()
                | events.RunCancelled()
                | events.RunRolledBack()
            ):
                for row in list(running):
                    end(row, at)
    for row, (began, tone) in running.items():
        busy = Tone.WAITS if tone is Tone.WAITS else Tone.BUSY
        found.append(_Stretch(row, began, max(now, began), busy, open=True))
    return sorted(found, key=lambda stretch: stretch.begin)


class _Scale(NamedTuple):
    """Seconds of the log to seconds of the picture: waits are cut down to `longest`."""

    begin: datetime
    waits: tuple[tuple[datetime, datetime], ...]
    longest: float
    whole: float

    def x(self, at: datetime) -> float:
        return WIDTH * self.seconds(at) / self.whole if self.whole else 0.0

    def seconds(self, at: datetime) -> float:
        passed = (at - self.begin).total_seconds()
        for begin, end in self.waits:
            inside = (min(at, end) - begin).total_seconds()
            length = (end - begin).total_seconds()
            if inside > 0 and length > self.longest:
                passed -= inside * (1 - self.longest / length)
        return passed


def _scale(stretches: Sequence[_Stretch]) -> _Scale:
    begin, end = stretches[0].begin, max(s.end for s in stretches)
    waits = tuple((s.begin, s.end) for s in stretches if s.row == _PERSON)
    waited = sum((b - a).total_seconds() for a, b in waits)
    worked = max((end - begin).total_seconds() - waited, 1.0)
    scale = _Scale(begin, waits, worked * _SHARE, 1.0)
    return scale._replace(whole=max(scale.seconds(end), 0.001))


def _bar(stretch: _Stretch, scale: _Scale) -> Bar:
    x = scale.x(stretch.begin)
    width = max(scale.x(stretch.end) - x, 4.0)
    said = took(stretch.end - stretch.begin)
    return Bar(round(min(x, WIDTH - width), 1), round(width, 1), stretch.tone, stretch.open, said)
