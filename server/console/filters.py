"""What the page of runs is narrowed to, as it stands in the address."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from fastapi import Depends, Request

from domain.names import MAX_NAME, clean_text
from domain.status import WORKING, RunStatus
from server.console.shell import WAITING, ConsoleHere

GROUPS: Mapping[str, tuple[str, tuple[RunStatus, ...]]] = {
    "all": ("All", ()),
    "waiting": ("Needs a person", WAITING),
    "running": ("Running", tuple(s for s in RunStatus if s in WORKING)),
    "paused": ("Paused", (RunStatus.PAUSED,)),
    "completed": ("Completed", (RunStatus.COMPLETED,)),
    "failed": ("Failed", (RunStatus.FAILED,)),
    "stopped": (
        "Stopped",
        (RunStatus.DENIED, RunStatus.EXPIRED, RunStatus.CANCELLED, RunStatus.ROLLED_BACK),
    ),
}


@dataclass(frozen=True)
class Filters:
    """Each is empty when it narrows nothing. `org` is a whole name, `q` a part of one or an id."""

    state: str = ""
    q: str = ""
    org: str = ""
    by: str = ""
    system: str = ""
    since: str = ""

    @classmethod
    def read(cls, address: Mapping[str, str], systems: Collection[str]) -> Self:
        """What an address says; a state, a system or a day that is none narrows nothing.

        `Invalid` for texts that hold hidden signs or are too long to be names.
        """
        given = {field.name: address.get(field.name, "").strip() for field in fields(cls)}
        given |= {name: _plain(given[name], name) for name in ("q", "org", "by")}
        if given["state"] not in GROUPS or given["state"] == "all":
            given["state"] = ""
        if given["system"] not in systems:
            given["system"] = ""
        if _day(given["since"]) is None:
            given["since"] = ""
        return cls(**given)

    @property
    def wanted(self) -> dict[str, Any]:
        """The same for `reads.list_runs`."""
        return {
            "status": GROUPS[self.state or "all"][1],
            "search": self.q or None,
            "company": self.org or None,
            "launched_by": self.by or None,
            "system": self.system or None,
            "created_after": _day(self.since),
        }

    def query(self, **more: str) -> str:
        """What stands after the question mark, which may be nothing at all."""
        given = asdict(self) | more
        return urlencode({name: value for name, value in given.items() if value})

    def address(self, **more: str) -> str:
        """The page of runs that is narrowed so."""
        query = self.query(**more)
        return f"/runs?{query}" if query else "/runs"


def _plain(text: str, field: str) -> str:
    """The text without signs that nobody sees, which names are not compared by either."""
    return "".join(
        c for c in clean_text(text, field, limit=MAX_NAME) if unicodedata.category(c) != "Cf"
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day in UTC; None for anything that is no day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _filters(request: Request, console: ConsoleHere) -> Filters:
    return Filters.read(request.query_params, console.service.systems)


FiltersHere = Annotated[Filters, Depends(_filters)]
