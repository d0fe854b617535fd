"""One system as the nodes use it: parts, and the protocol that makes each effect happen once.

The protocol is the same for every part and stands here only: commit the intent, look up by
natural key and mark, call once, commit the outcome. An unknown outcome is looked up, never
repeated blindly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.codes import Effect, ErrorCode
from domain.companies import Company
from domain.errors import AlreadyThere, NeedsPerson, OutcomeUnknown, Refused, SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Difference, EffectStatus, Entry, Ledger, Refs, Undone
from domain.steps import Resource
from systems.conflicts import chosen, classified, refused, taken
from systems.part import Found, Owner, Part

CLOCK_SKEW = timedelta(seconds=5)
"""How far a system's clock may be behind the ledger's."""

READ_LAG_SECONDS = (0.0, 0.2, 0.5, 1.0, 2.0)
"""Pauses before each look-up after a lost answer: a fresh object may be visible late."""


@dataclass(frozen=True)
class Status:
    """Whether a system can be worked with, in one sentence."""

    ok: bool
    detail: str
    error_code: ErrorCode | None = None
    after_seconds: float | None = None


@dataclass(frozen=True)
class Connector:
    """`parts` are in the order in which they are made; `ready` checks the credentials.

    `said` renders the one line of the step result from the company and its objects.
    """

    name: str
    parts: tuple[Part, ...]
    ready: Callable[[], Awaitable[str]]
    said: Callable[[Company, Mapping[str, Resource]], str]
    read_lag_seconds: tuple[float, ...] = READ_LAG_SECONDS

    async def check(self) -> Status:
        """Credentials, scopes and configured objects; writes nothing, raises nothing."""
        try:
            return Status(ok=True, detail=await self.ready())
        except SystemFault as fault:
            said = f"{fault.message} {fault.advice}"
            return Status(False, said, fault.error_code, fault.after_seconds)

    def describe(self, company: Company, refs: Refs) -> str:
        """The `details` of a step that succeeded."""
        return self.said(company, refs)

    async def plan(self, company: Company, ledger: Ledger) -> list[Change]:
        """What would be done now. Only reads; `SystemFault` when the system cannot be read."""
        known = await ledger.known_ids(self.name, company.company_id)
        refs: dict[str, Resource] = {}
        changes = []
        for part in self.parts:
            for change in part.desired(company):
                try:
                    found = await self._find(part, company, change, refs, known)
                except NeedsPerson as fault:
                    reason = f"{fault.message} {fault.advice}"
                    changes.append(change.become(ChangeKind.BLOCKED, reason=reason))
                    continue
                planned = classified(change, found, known, company) if found else change
                if found and planned.kind is not ChangeKind.CONFLICT:
                    refs[change.resource] = found.resource
                changes.append(planned)
        return changes

    def blocked(self, company: Company, reason: str) -> list[Change]:
        """What is wanted in a system that cannot be read at present."""
        return [
            change.become(ChangeKind.BLOCKED, reason=reason)
            for part in self.parts
            for change in part.desired(company)
        ]

    async def apply(
        self, company: Company, change: Change, refs: Refs, ledger: Ledger, *, confirmed: bool
    ) -> Resource:
        """Carry out one approved change; at-least-once calls, exactly-once effect.

        `confirmed`: a person said that an outcome nobody can look up may be tried again.
        Raises `SystemFault`; its `effect` says what may have happened.
        """
        if change.kind is ChangeKind.CONFLICT:
            raise refused(change)
        entry = await ledger.intend(change)
        if entry.status is EffectStatus.APPLIED and entry.resource:
            return entry.resource
        try:
            return await self._carry_out(company, entry, refs, ledger, confirmed=confirmed)
        except SystemFault as fault:
            if fault.effect is Effect.NONE and not entry.reopened:
                await ledger.refused(change, fault.error_code)
            raise

    async def _carry_out(
        self, company: Company, entry: Entry, refs: Refs, ledger: Ledger, *, confirmed: bool
    ) -> Resource:
        change, part = entry.change, self._part(entry.change, company)
        if entry.reopened and not part.can_look_up and not confirmed:
            raise _for_a_person(change)
        if entry.reopened or not part.unique or change.kind is not ChangeKind.CREATE:
            pauses = self.read_lag_seconds if entry.reopened else (0.0,)
            resource = await self._resolve(company, entry, refs, ledger, part, pauses)
            if resource:
                return resource
            if change.kind in (ChangeKind.ADOPT, ChangeKind.NO_OP):
                raise Refused(
                    ErrorCode.PLAN_CHANGED, f"{change.target} is not there any more.", effect=None
                )
        try:
            made = await part.make(company, change, refs)
        except AlreadyThere as fault:
            resource = await self._resolve(company, entry, refs, ledger, part, (0.0,))
            if resource:
                return resource
            raise NeedsPerson(ErrorCode.CONFLICT, fault.message) from fault
        except OutcomeUnknown as fault:
            return await self._after_lost_answer(company, entry, refs, ledger, part, fault)
        return await ledger.applied(change, made, answered=True)

    async def _after_lost_answer(
        self,
        company: Company,
        entry: Entry,
        refs: Refs,
        ledger: Ledger,
        part: Part,
        fault: OutcomeUnknown,
    ) -> Resource:
        if not part.can_look_up:
            raise _for_a_person(entry.change) from fault
        doubtful = Entry(entry.system, entry.change, entry.status, entry.began_at, reopened=True)
        try:
            resource = await self._resolve(
                company, doubtful, refs, ledger, part, self.read_lag_seconds
            )
        except SystemFault as unread:
            if unread.error_code is ErrorCode.CONFLICT:
                raise
            # The look-up had no effect, but the call before it may have had one.
            raise fault from unread
        if resource:
            return resource
        raise fault

    async def _resolve(
        self,
        company: Company,
        entry: Entry,
        refs: Refs,
        ledger: Ledger,
        part: Part,
        pauses: Sequence[float],
    ) -> Resource | None:
        """Whose is what stands there? Ours is recorded, a stranger's refused, None if nothing."""
        change = entry.change
        known = await ledger.known_ids(self.name, company.company_id)
        for pause in pauses:
            await asyncio.sleep(pause)
            found = await self._find(part, company, change, refs, known)
            if found:
                break
        else:
            return None
        if found.owner is Owner.SETTING:
            if not found.same:
                return None
            mine = entry.reopened or change.kind is not ChangeKind.NO_OP
        elif found.owner is Owner.LEDGER:
            mine = False
        else:
            since = found.created_at is None or found.created_at >= entry.began_at - CLOCK_SKEW
            fresh = entry.reopened and since and change.kind is not ChangeKind.ADOPT
            ours = found.owner is Owner.COMPANY or found.resource.id in known
            ours = ours or chosen(change, found, company)
            if not ours and not (found.owner is Owner.UNMARKED and fresh):
                raise taken(change, found.owner)
            mine = fresh and change.kind in (ChangeKind.CREATE, ChangeKind.BLOCKED)
        resource = found.resource.model_copy(update={"created_by_us": mine})
        return await ledger.applied(change, resource)

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """Differences between what was approved and what reads back."""
        return await self._part(change, company).verify(company, change, refs)

    async def look(self, company: Company, change: Change, refs: Refs) -> Resource | None:
        """The object of a change as it is now, None if it is not there; only reads."""
        found = await self._part(change, company).find(company, change, refs)
        return found.resource if found else None

    async def undo(self, company: Company, entry: Entry, ledger: Ledger) -> Undone:
        """Take back one effect of this run; resumable, since the ledger closes the entry last."""
        part = self._part(entry.change, company)
        if entry.status is EffectStatus.INTENT:
            entry = await self._settle(company, entry, part, ledger)
        if entry.status is EffectStatus.INTENT and not entry.resource and not part.can_look_up:
            undone = Undone(note=_unseen(entry.change), left=True)
        elif entry.resource is None or not entry.resource.created_by_us:
            undone = Undone(note="")
        else:
            undone = await part.undo(company, entry)
        await ledger.undone(entry.change, left=undone.left, note=undone.note)
        return undone

    async def _settle(self, company: Company, entry: Entry, part: Part, ledger: Ledger) -> Entry:
        """An intent without outcome: find out whether there is something to take back."""
        refs = {
            line.change.resource: line.resource
            for line in await ledger.entries(self.name)
            if line.resource
        }
        doubtful = Entry(entry.system, entry.change, entry.status, entry.began_at, reopened=True)
        try:
            resource = await self._resolve(
                company, doubtful, refs, ledger, part, self.read_lag_seconds
            )
        except NeedsPerson:
            resource = None
        return Entry(entry.system, entry.change, entry.status, entry.began_at, True, resource)

    async def _find(
        self, part: Part, company: Company, change: Change, refs: Refs, known: frozenset[str]
    ) -> Found | None:
        found = await part.find(company, change, refs)
        if found and found.owner is Owner.LEDGER and found.resource.id not in known:
            return None
        return found

    def _part(self, change: Change, company: Company) -> Part:
        for part in self.parts:
            if any(wanted.key == change.key for wanted in part.desired(company)):
                return part
        raise Refused(ErrorCode.PLAN_CHANGED, f"{self.name} knows no change '{change.key}'.")


def _for_a_person(change: Change) -> NeedsPerson:
    return NeedsPerson(
        ErrorCode.UNKNOWN,
        _unseen(change),
        effect=Effect.UNKNOWN,
        instructions="Look into the system: skip if it is there, retry to do it once more.",
    )


def _unseen(change: Change) -> str:
    return f"No answer came to '{change.summary}', and nobody can look up whether it happened."
