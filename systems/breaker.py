"""Leaves a system alone for a while when it does not answer, so that it can recover."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import Retryable, SystemFault
from domain.plans import Change
from domain.ports import Difference, Entry, Health, Ledger, Refs, System, Undone
from domain.sightings import Circuit, Sighting
from domain.steps import Resource
from systems.sight import SILENCE, Sight

FAILURES = 5
OPEN_SECONDS = 30.0


@dataclass
class Breaker:
    """Opens after so many faults in a row of a system that is out of order.

    While it is open nothing is asked; then one call is let through, and its fate decides. What the
    system refuses is an answer and closes it.
    """

    name: str
    failures: int = FAILURES
    open_seconds: float = OPEN_SECONDS
    clock: Callable[[], float] = time.monotonic
    _in_a_row: int = 0
    _open_until: float = field(default=float("-inf"))

    async def call[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """`work`'s result; `Retryable` without any effect while the breaker is open."""
        left = self._open_until - self.clock()
        if left > 0:
            raise Retryable(
                ErrorCode.UNAVAILABLE,
                f"{self.name} did not answer {self.failures} times in a row and is left alone.",
                after_seconds=left,
            )
        trial = self._in_a_row >= self.failures
        if trial:  # the others wait for what becomes of this one
            self._open_until = self.clock() + self.open_seconds
        try:
            result = await work()
        except SystemFault as fault:
            self._note(failed=fault.error_code in SILENCE)
            raise
        self._note(failed=False)
        return result

    @property
    def circuit(self) -> tuple[Circuit, float | None]:
        """How it stands, and for how many more seconds if it is open."""
        left = self._open_until - self.clock()
        if left > 0:
            return Circuit.OPEN, left
        return (Circuit.HALF_OPEN if self._in_a_row >= self.failures else Circuit.CLOSED), None

    def answered(self) -> None:
        """It has answered a call that did not go through here."""
        self._note(failed=False)

    def _note(self, *, failed: bool) -> None:
        self._in_a_row = self._in_a_row + 1 if failed else 0
        opens = self._in_a_row >= self.failures
        self._open_until = self.clock() + self.open_seconds if opens else float("-inf")


@dataclass(frozen=True)
class Guarded:
    """A system behind a breaker, and watched; see `domain.ports.System`."""

    system: System
    breaker: Breaker
    sight: Sight = field(default_factory=Sight)

    @property
    def name(self) -> str:
        return self.system.name

    def seen(self) -> Sighting:
        """See `domain.ports.Watched`."""
        circuit, left = self.breaker.circuit
        until = self.sight.now() + timedelta(seconds=left) if left is not None else None
        return self.sight.seen.model_copy(update={"circuit": circuit, "circuit_until": until})

    async def _asked[T](self, work: Callable[[], Awaitable[T]]) -> T:
        return await self.breaker.call(lambda: self.sight.watch(work))

    async def check(self) -> Health:
        """Asked by a person, so it is asked; an answer closes the circuit."""
        with self.sight.listening():
            found = await self.system.check()
        if found.error_code is not None:
            self.sight.failed(found.error_code, found.after_seconds)
        if found.error_code not in SILENCE:
            self.breaker.answered()
        return found

    async def plan(self, company: Company, ledger: Ledger) -> Sequence[Change]:
        return await self._asked(lambda: self.system.plan(company, ledger))

    def blocked(self, company: Company, reason: str) -> Sequence[Change]:
        return self.system.blocked(company, reason)

    async def apply(
        self, company: Company, change: Change, refs: Refs, ledger: Ledger, *, confirmed: bool
    ) -> Resource:
        return await self._asked(
            lambda: self.system.apply(company, change, refs, ledger, confirmed=confirmed)
        )

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        return await self._asked(lambda: self.system.verify(company, change, refs))

    async def look(self, company: Company, change: Change, refs: Refs) -> Resource | None:
        return await self._asked(lambda: self.system.look(company, change, refs))

    async def undo(self, company: Company, entry: Entry, ledger: Ledger) -> Undone:
        return await self._asked(lambda: self.system.undo(company, entry, ledger))

    def describe(self, company: Company, refs: Refs) -> str:
        return self.system.describe(company, refs)


def guarded(system: System) -> Guarded:
    """The system behind a breaker of its own."""
    return Guarded(system, Breaker(system.name.capitalize()))
