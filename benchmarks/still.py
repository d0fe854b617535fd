"""Systems that do nothing, at once: what is left is the cost of the service itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.companies import Company
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, System, Undone
from domain.steps import Resource
from systems.connector import Connector
from systems.part import Found

NAMES = ("slack", "github", "newsletter", "grants")
EFFECTS_PER_RUN = 8


@dataclass(frozen=True)
class StillPart:
    """Nothing is there before, and whatever is made reads back as planned."""

    system: str
    resource: str
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
        return None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        return Resource(kind=self.resource, id=change.target, created_by_us=True)

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        return Undone(note=f"{entry.change.target}: removed")


def still_systems() -> dict[str, System]:
    """Four of them, two effects each."""
    return {name: _system(name) for name in NAMES}


def _system(name: str) -> Connector:
    async def ready() -> str:
        return "ready"

    return Connector(
        name=name,
        parts=(StillPart(name, "room"), StillPart(name, "guest")),
        ready=ready,
        said=lambda company, _refs: f"{name} provisioned for {company.name}",
    )
