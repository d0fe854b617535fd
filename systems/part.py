"""What a system consists of: one `Part` per kind of remote object or setting."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import Refused
from domain.plans import Change
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource


class Owner(StrEnum):
    """Whose an object is, by what can be read off it.

    `COMPANY`: it carries this company's mark. `ANOTHER`: that of another company, which cannot be
    adopted. `OTHER`: somebody else made it. `UNMARKED`: no mark, but our own identity made it.
    `SETTING`: not an object but a setting of one of ours. `LEDGER`: the system
    cannot show it (a mail that was sent); it is there if the ledger knows its id.
    """

    COMPANY = "company"
    OTHER = "other"
    ANOTHER = "another"
    UNMARKED = "unmarked"
    SETTING = "setting"
    LEDGER = "ledger"


@dataclass(frozen=True)
class Found:
    """What stands under a natural key. `same` tells that it is as planned already.

    `created_at` is the system's own time of creation (UTC) where it tells one; `current` is what
    the person and a later undo see as `before`.
    """

    resource: Resource
    owner: Owner
    same: bool = True
    created_at: datetime | None = None
    current: dict[str, Any] = field(default_factory=dict)


def made(entry: Entry) -> Resource:
    """The object that `Part.undo` takes back; the connector calls it only where there is one."""
    if entry.resource is None:
        raise ValueError(f"{entry.change.key} has no object to take back")
    return entry.resource


def needed(refs: Refs, name: str, said: str) -> Resource:
    """What has to be there before a part can be made; `Refused` with these words if it is not."""
    resource = refs.get(name)
    if resource is None:
        raise Refused(ErrorCode.NOT_FOUND, said)
    return resource


class Part(Protocol):
    """One kind of remote object or setting, with the five things that can be done to it.

    `unique`: the system itself refuses a second object under the same natural key.
    `can_look_up`: after a lost answer it can be found out whether it exists; where it cannot, an
    unknown outcome goes to a person and nothing is repeated.
    Faults are raised as `domain.errors.SystemFault`, never as a client library's exception.
    """

    @property
    def unique(self) -> bool: ...

    @property
    def can_look_up(self) -> bool: ...

    def desired(self, company: Company) -> Sequence[Change]:
        """The changes of kind `create` that this part wants for a company; reads nothing.

        One `Change.resource` name is one object: `channel`, `member:U123`.
        """
        ...

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """What stands under the change's natural key now, or None; only reads.

        `refs` holds the company's objects known so far, by `Change.resource`; a part whose parent
        is not among them answers None. Raises `NeedsPerson` when nothing of ours is there and it
        may not be made either (a person has unsubscribed): the plan then shows it as blocked.
        """
        ...

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """One remote effect: create the object, or set the setting.

        Raises `AlreadyThere` when the natural key is taken.
        """
        ...

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """Read the object back, field by field; also that it is usable."""
        ...

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Take back exactly `entry.resource`, by id; a thing that is gone already is undone.

        `entry.change.before` is what a setting was.
        """
        ...
