"""Takes note of what each call to a system shows: whether it answers, and what is left of its rate.

The clients tell it of every answer (`hear`), whoever has made the call; it costs no call of its
own. Only headers that vendors document are read: `X-RateLimit-*` of GitHub, `x-sib-ratelimit-*` of
Brevo. Slack tells nothing before its limit is reached, and then how long to wait.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from domain.codes import ErrorCode
from domain.errors import SystemFault
from domain.sightings import Sighting

SILENCE = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT})
_TOLD = SILENCE | {
    ErrorCode.RATE_LIMITED, ErrorCode.AUTH, ErrorCode.PERMISSION, ErrorCode.UNKNOWN
}  # fmt: skip
"""Faults of the system or of how it is set up; the others are answers to what was asked."""

_PREFIXES = ("x-ratelimit", "x-sib-ratelimit")
_LONGEST_SECONDS = 86_400
_A_MOMENT = 1_000_000_000
"""Larger numbers are seconds since 1970, smaller ones seconds from now."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Sight:
    """What this process has seen of one system."""

    now: Callable[[], datetime] = _now
    seen: Sighting = field(default_factory=Sighting)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Answers that come meanwhile, to whatever is called from here, are this system's."""
        token = _EAR.set(self)
        try:
            yield
        finally:
            _EAR.reset(token)

    async def watch[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """`work`'s result; its fault is noted. One that was silent and does as it is asked has
        answered, also where its client tells of no answers."""
        try:
            with self.listening():
                result = await work()
        except SystemFault as fault:
            self.failed(fault.error_code, fault.after_seconds)
            raise
        if self.seen.silent_since is not None:
            self.answered({})
        return result

    def answered(self, headers: Mapping[str, str]) -> None:
        """The system has answered, with these headers."""
        facts = {"answered_at": self.now(), "silent_since": None, **self._rate(headers)}
        self.seen = self.seen.model_copy(update=facts)

    def failed(self, code: ErrorCode, after_seconds: float | None = None) -> None:
        """A call has failed in the end."""
        if code not in _TOLD:
            return
        now = self.now()
        facts: dict[str, object] = {"failed_at": now, "error_code": code}
        if code in SILENCE:
            facts["silent_since"] = self.seen.silent_since or now
        if code is ErrorCode.RATE_LIMITED:
            until = now + timedelta(seconds=after_seconds) if after_seconds is not None else None
            facts |= {"rate_at": now, "rate_left": 0, "rate_resets_at": until}
        self.seen = self.seen.model_copy(update=facts)

    def _rate(self, headers: Mapping[str, str]) -> dict[str, object]:
        lowered = {name.lower(): value for name, value in headers.items()}
        for prefix in _PREFIXES:
            left = _number(lowered.get(f"{prefix}-remaining"))
            if left is not None:
                return {
                    "rate_at": self.now(),
                    "rate_left": left,
                    "rate_limit": _number(lowered.get(f"{prefix}-limit")),
                    "rate_resets_at": self._moment(_number(lowered.get(f"{prefix}-reset"))),
                }
        return {}

    def _moment(self, number: int | None) -> datetime | None:
        if number is None:
            return None
        if number >= _A_MOMENT:
            return datetime.fromtimestamp(number, UTC)
        return self.now() + timedelta(seconds=min(number, _LONGEST_SECONDS))


_EAR: ContextVar[Sight | None] = ContextVar("ear", default=None)


def hear(status: int, headers: Mapping[str, str]) -> None:
    """An answer has come; one that says that the server is out of order is none."""
    ear = _EAR.get()
    if ear is not None and status < 500:
        ear.answered(headers)


async def hear_response(response: httpx.Response) -> None:
    """The same, as a hook of httpx."""
    hear(response.status_code, response.headers)


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
