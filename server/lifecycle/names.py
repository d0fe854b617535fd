"""Whether a company's short name is free in the systems; they are asked sparingly.

People type, and vendors count calls: what was found is kept for a while, whoever asks for the same
meanwhile waits for the same answer, and beyond so many looks a minute none is made.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.codes import ErrorCode
from domain.companies import Company, clean_slug
from domain.edits import chosen
from domain.errors import SystemFault
from domain.names import clean_name
from domain.plans import Change, ChangeKind
from domain.ports import System, Watched
from domain.scopes import Scope
from server.lifecycle import slugs
from server.lifecycle.processes import look
from server.lifecycle.service import Actor, Service
from server.store.effects import reading_ledger

LOOKS_A_MINUTE = 10
"""By this process, in each system: half of what the strictest of them permits in all."""

PATIENCE_SECONDS = 3.0
KEPT_SECONDS = 30.0
MOST_KEPT = 500
_SILENCE_KEPT_SECONDS = 5.0


class Verdict(StrEnum):
    """`ours`: it was made for this company. `taken`: by somebody else, or for another company.
    `silent`: the system does not answer. `unasked`: too much was asked of it already. `unread`: it
    cannot be read for another reason, which a plan tells."""

    FREE = "free"
    OURS = "ours"
    TAKEN = "taken"
    SILENT = "silent"
    UNASKED = "unasked"
    UNREAD = "unread"


_FAULTS = {
    ErrorCode.UNAVAILABLE: Verdict.SILENT,
    ErrorCode.TIMEOUT: Verdict.SILENT,
    ErrorCode.RATE_LIMITED: Verdict.UNASKED,
}


class NameFound(NamedTuple):
    """What each system that uses the short name says of it, and since when the silent ones are."""

    company: Company
    verdicts: dict[str, Verdict]
    silent_since: dict[str, datetime]


class _Kept(NamedTuple):
    until: float
    look: asyncio.Task[Verdict]


@dataclass
class NameCheck:
    """What this process has found out."""

    service: Service
    clock: Callable[[], float] = time.monotonic
    patience_seconds: float = PATIENCE_SECONDS
    _kept: dict[tuple[str, str, str], _Kept] = field(default_factory=dict)
    _looks: dict[str, deque[float]] = field(default_factory=dict)

    async def check(
        self, name: str, slug: str | None, systems: Collection[str], actor: Actor
    ) -> NameFound:
        """Ask those of `systems` that use the short name; `Invalid` when it is none."""
        actor.require(Scope.OPERATOR)
        wanted = chosen(list(systems), self.service.systems)
        async with self.service.database.read() as tx:
            company = await slugs.propose(tx, clean_name(name), slug and clean_slug(slug))
        systems_here = self.service.systems
        named = [one for one in wanted if uses(systems_here[one].blocked(company, ""), company)]
        found = await asyncio.gather(*(self._verdict(one, company) for one in named))
        verdicts = dict(zip(named, found, strict=True))
        return NameFound(company, verdicts, await self._silent_since(verdicts, actor))

    async def _silent_since(
        self, verdicts: dict[str, Verdict], actor: Actor
    ) -> dict[str, datetime]:
        if Verdict.SILENT not in verdicts.values():
            return {}
        return await silences(self.service, actor)

    async def _verdict(self, system: str, company: Company) -> Verdict:
        key, now = (system, company.company_id, company.slug), self.clock()
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            if not self._may_look(system, now):
                return Verdict.UNASKED
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            task = asyncio.create_task(self._look(system, company))
            kept = self._kept[key] = _Kept(now + KEPT_SECONDS, task)
        try:
            verdict = await asyncio.shield(kept.look)
        except Exception:
            self._kept.pop(key, None)
            raise
        if verdict in (Verdict.SILENT, Verdict.UNREAD):
            until = min(kept.until, self.clock() + _SILENCE_KEPT_SECONDS)
            self._kept[key] = kept._replace(until=until)
        return verdict

    def _may_look(self, system: str, now: float) -> bool:
        if _spent(self.service.systems[system]):
            return False
        looks = self._looks.setdefault(system, deque())
        while looks and looks[0] <= now - 60:
            looks.popleft()
        if len(looks) >= LOOKS_A_MINUTE:
            return False
        looks.append(now)
        return True

    async def _look(self, system: str, company: Company) -> Verdict:
        ledger = reading_ledger(self.service.database, company.company_id)
        try:
            async with asyncio.timeout(self.patience_seconds):
                changes = await self.service.systems[system].plan(company, ledger)
        except SystemFault as fault:
            return _FAULTS.get(fault.error_code, Verdict.UNREAD)
        except TimeoutError:
            return Verdict.SILENT
        return verdict(uses(changes, company))


def _spent(system: System) -> bool:
    """Nothing is left of its rate: what is left anew belongs to the runs."""
    if not isinstance(system, Watched):
        return False
    seen = system.seen()
    resets_at = seen.rate_resets_at
    return seen.rate_left == 0 and resets_at is not None and resets_at > datetime.now(UTC)


async def silences(service: Service, actor: Actor) -> dict[str, datetime]:
    """Since when systems do not answer, by the newest word of all processes."""
    known = (await look(service, actor)).systems
    return {one.name: one.seen.silent_since for one in known if one.seen.silent_since}


def uses(changes: Sequence[Change], company: Company) -> list[Change]:
    """Those of the changes that are about the short name."""
    return [change for change in changes if company.slug in change.target]


def verdict(changes: Sequence[Change]) -> Verdict:
    """What a plan's changes about the short name say of it."""
    kinds = [change.kind for change in changes]
    if ChangeKind.CONFLICT in kinds:
        return Verdict.TAKEN
    if kinds and all(kind is ChangeKind.BLOCKED for kind in kinds):
        return Verdict.UNREAD
    return Verdict.OURS if ChangeKind.ADOPT in kinds else Verdict.FREE
