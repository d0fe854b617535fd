"""A system held in memory whose calls go wrong by script: the double of the protocol's tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import AlreadyThere, NeedsPerson, OutcomeUnknown, Refused, Retryable, SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.connector import Connector
from systems.part import Found, Owner, made

COMPANY = Company(company_id="co_1111", name="Acme Corp", slug="acme-corp")
KEY = "co_1111/shelf/thing"
NAME = "thing-acme-corp"

Accident = Literal["lost_before", "lost_after", "crash_before", "crash_after", "refused", "busy"]


class Crash(Exception):
    """The process ends here: nothing after it runs, no fault is handled."""


@dataclass(frozen=True)
class Thing:
    """`mark` names the company it was made for; `ours` that our identity made it."""

    id: str
    name: str
    mark: str | None = None
    ours: bool = True
    created_at: datetime | None = None


@dataclass
class Shelf:
    """The remote side. `accidents` happen to one make each, `unread` to one look-up each."""

    things: list[Thing] = field(default_factory=list)
    accidents: list[Accident] = field(default_factory=list)
    unread: list[SystemFault] = field(default_factory=list)
    hidden_reads: int = 0
    marks: bool = True
    makes: int = 0
    finds: int = 0

    def put(self, mark: str | None = None, **values: Any) -> Thing:
        """Something that is there before us."""
        thing = Thing(f"t{len(self.things) + 1}", NAME, mark, **values)
        self.things.append(thing)
        return thing


@dataclass(frozen=True)
class ShelfPart:
    """One thing for each company."""

    shelf: Shelf
    unique: bool = True
    can_look_up: bool = True
    kind: Literal["object", "setting", "mail"] = "object"
    refused_by: ErrorCode | None = None

    def desired(self, company: Company) -> Sequence[Change]:
        return [
            Change(
                key=f"{company.company_id}/shelf/thing",
                system="shelf",
                resource="thing",
                kind=ChangeKind.CREATE,
                target=f"thing-{company.slug}",
                summary=f"create thing-{company.slug}",
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        self.shelf.finds += 1
        if self.shelf.unread:
            raise self.shelf.unread.pop(0)
        if self.refused_by:
            raise NeedsPerson(self.refused_by, "It may not be made.")
        if self.kind == "mail":
            return Found(Resource(kind="mail", id="mail-1", pending=True), Owner.LEDGER)
        if self.shelf.hidden_reads:
            self.shelf.hidden_reads -= 1
            return None
        for thing in self.shelf.things:
            if thing.name == change.target:
                return Found(
                    Resource(kind="thing", id=thing.id),
                    Owner.SETTING if self.kind == "setting" else self._owner(company, thing),
                    same=thing.mark == company.company_id,
                    created_at=thing.created_at,
                )
        return None

    def _owner(self, company: Company, thing: Thing) -> Owner:
        if thing.mark == company.company_id:
            return Owner.COMPANY
        if thing.mark is not None:
            return Owner.ANOTHER
        return Owner.UNMARKED if thing.mark is None and thing.ours else Owner.OTHER

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        self.shelf.makes += 1
        accident = self.shelf.accidents.pop(0) if self.shelf.accidents else None
        if accident == "crash_before":
            raise Crash
        if accident == "lost_before":
            raise OutcomeUnknown(ErrorCode.TIMEOUT, "No answer.")
        if accident == "refused":
            raise Refused(ErrorCode.PERMISSION, "No.")
        if accident == "busy":
            raise Retryable(ErrorCode.RATE_LIMITED, "Slower.", after_seconds=7)
        if self.unique and any(thing.name == change.target for thing in self.shelf.things):
            raise AlreadyThere(ErrorCode.CONFLICT, f"{change.target} is taken.")
        mark = company.company_id if self.shelf.marks else None
        thing = self.shelf.put(mark, created_at=datetime.now(UTC))
        if accident == "crash_after":
            raise Crash
        if accident == "lost_after":
            raise OutcomeUnknown(ErrorCode.TIMEOUT, "No answer.")
        identifier = "mail-1" if self.kind == "mail" else thing.id
        return Resource(kind="thing", id=identifier, created_by_us=True)

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        there = refs["thing"].id in [thing.id for thing in self.shelf.things]
        return [] if there else [Difference("thing", "there", "gone")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        kept = [thing for thing in self.shelf.things if thing.id != made(entry).id]
        self.shelf.things[:] = kept
        return Undone(note="taken back")


def shelf_system(part: ShelfPart, kind: type[Connector] = Connector, *, lags: int = 1) -> Connector:
    """A connector over one part that looks `lags` times after a lost answer, without pauses."""

    async def ready() -> str:
        if part.shelf.unread:
            raise part.shelf.unread.pop(0)
        return "The shelf is there."

    return kind(
        name="shelf",
        parts=(part,),
        ready=ready,
        said=lambda company, refs: f"Shelf provisioned for {company.name}: {len(refs)}",
        read_lag_seconds=(0.0,) * lags,
    )


def wanted(part: ShelfPart) -> Change:
    """The change that a fresh plan holds."""
    return part.desired(COMPANY)[0]


LONG_AGO = datetime.now(UTC) - timedelta(days=1)
