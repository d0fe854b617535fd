"""A system held in memory that counts its objects: for tests of the graph and the engine."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.connector import Connector
from systems.part import Found, Owner, made

Fault = Literal["unavailable", "refused", "limited", "lost_after_effect", "unreadable", "bug"]


@dataclass
class ToyWorld:
    """What the system holds: name to owner's mark. `faults` are used up one per call of make."""

    objects: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: Fault | None = None
    slow_seconds: float = 0.0
    limit_seconds: float = 1.5
    calls: int = 0

    def fault(self) -> Fault | None:
        return self.broken or (self.faults.pop(0) if self.faults else None)


@dataclass(frozen=True)
class ToyPart:
    """One named object; several parts make a system with several effects."""

    system: str
    resource: str
    world: ToyWorld
    unique: bool = True
    can_look_up: bool = True

    def desired(self, company: Company) -> Sequence[Change]:
        target = f"{self.resource}-{company.slug}"
        return [
            Change(
                key=f"{company.company_id}/{self.system}/{self.resource}",
                system=self.system,
                resource=self.resource,
                kind=ChangeKind.CREATE,
                target=target,
                summary=f"create {target}",
                after={"name": target},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        if self.world.broken == "unreadable":
            raise Retryable(ErrorCode.UNAVAILABLE, f"{self.system} does not answer.")
        for name, mark in self.world.objects:
            if name == change.target:
                owner = Owner.COMPANY if mark == company.marker else Owner.OTHER
                return Found(Resource(kind=self.resource, id=name), owner)
        return None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        self.world.calls += 1
        await asyncio.sleep(self.world.slow_seconds)
        fault = self.world.fault()
        if fault in ("unavailable", "unreadable"):
            raise Retryable(ErrorCode.UNAVAILABLE, f"{self.system} does not answer.")
        if fault == "limited":
            wait = self.world.limit_seconds
            raise Retryable(ErrorCode.RATE_LIMITED, f"{self.system} is busy.", after_seconds=wait)
        if fault == "refused":
            raise Refused(ErrorCode.PERMISSION, f"{self.system} said no.")
        if fault == "bug":
            raise KeyError("a secret that must not be shown")
        if self.unique and any(name == change.target for name, _ in self.world.objects):
            raise AlreadyThere(ErrorCode.CONFLICT, f"{change.target} is taken.")
        self.world.objects.append((change.target, company.marker))
        if fault == "lost_after_effect":
            raise OutcomeUnknown(ErrorCode.UNAVAILABLE, f"{self.system} went away.")
        return Resource(kind=self.resource, id=change.target, created_by_us=True)

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        found = await self.find(company, change, refs)
        return [] if found else [Difference("name", change.target, "absent")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        if self.world.broken == "unreadable":
            raise Retryable(ErrorCode.UNAVAILABLE, f"{self.system} does not answer.")
        gone = made(entry).id
        self.world.objects[:] = [pair for pair in self.world.objects if pair[0] != gone]
        return Undone(note=f"{entry.change.target}: removed")


def toy(name: str, world: ToyWorld, resources: Sequence[str] = ("thing",)) -> Connector:
    """A connector over `world` with one part per resource."""

    async def ready() -> str:
        return "ready"

    return Connector(
        name=name,
        parts=tuple(ToyPart(name, resource, world) for resource in resources),
        ready=ready,
        said=lambda company, refs: f"{name} provisioned for {company.name}",
        read_lag_seconds=(0.0,),
    )
