"""A ledger in memory that keeps the promises of `domain.ports.Ledger`, for tests of connectors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.codes import ErrorCode
from domain.errors import Retryable
from domain.plans import Change, ChangeKind
from domain.ports import EffectStatus, Entry
from domain.steps import Resource


@dataclass
class Line:
    """One entry, and whether other runs must keep off its target."""

    entry: Entry
    holds_target: bool = True


Lines = dict[tuple[str, str], Line]
"""By run and `Change.key`, oldest first: the table that all runs share."""


class MemoryLedger:
    """The effects of one run; runs that know of each other are given the same `shared`."""

    def __init__(self, run_id: str, shared: Lines | None = None) -> None:
        self.run_id = run_id
        self.shared: Lines = {} if shared is None else shared

    async def intend(self, change: Change) -> Entry:
        """A new or refused change starts an intent; an open one comes back as reopened."""
        line = self.shared.get((self.run_id, change.key))
        if line is None or line.entry.status is EffectStatus.REFUSED:
            self._lease(change)
            entry = Entry(change.system, change, EffectStatus.INTENT, datetime.now(UTC))
            self.shared[self.run_id, change.key] = Line(entry)
            return entry
        return replace(line.entry, reopened=line.entry.status is EffectStatus.INTENT)

    def _lease(self, change: Change) -> None:
        for (run_id, key), line in self.shared.items():
            other = line.entry.change
            same = (other.system, other.target) == (change.system, change.target)
            if line.holds_target and same and (run_id, key) != (self.run_id, change.key):
                raise Retryable(
                    ErrorCode.NOT_READY,
                    f"Another run is working on {change.target}.",
                    after_seconds=2.0,
                )

    async def applied(
        self, change: Change, resource: Resource, *, answered: bool = False
    ) -> Resource:
        """Only one run can have created what was looked up; any may have changed it."""
        doubtful = not answered and change.kind is not ChangeKind.UPDATE
        claimed = doubtful and any(
            run_id != self.run_id
            and key == change.key
            and line.entry.status is EffectStatus.APPLIED
            and line.entry.resource is not None
            and line.entry.resource.created_by_us
            and line.entry.resource.id == resource.id
            for (run_id, key), line in self.shared.items()
        )
        if claimed:
            resource = resource.model_copy(update={"created_by_us": False})
        self._close(change, EffectStatus.APPLIED, resource=resource)
        return resource

    async def refused(self, change: Change, code: ErrorCode) -> None:
        """The intent is closed without effect."""
        self._close(change, EffectStatus.REFUSED)

    async def undone(self, change: Change, *, left: bool, note: str) -> None:
        """The entry is closed for good."""
        self._close(change, EffectStatus.LEFT if left else EffectStatus.UNDONE, note=note)

    async def entries(self, system: str) -> Sequence[Entry]:
        """This run's entries in one system, oldest first."""
        return [
            replace(line.entry, reopened=line.entry.status is EffectStatus.INTENT)
            for (run_id, _), line in self.shared.items()
            if run_id == self.run_id and line.entry.system == system
        ]

    async def known_ids(self, system: str, company_id: str) -> frozenset[str]:
        """Ids of what any run made or adopted for this company and nobody has undone."""
        return frozenset(
            line.entry.resource.id
            for (_, key), line in self.shared.items()
            if line.entry.system == system
            and key.startswith(f"{company_id}/")
            and line.entry.status is EffectStatus.APPLIED
            and line.entry.resource is not None
        )

    def _close(
        self,
        change: Change,
        status: EffectStatus,
        *,
        resource: Resource | None = None,
        note: str = "",
    ) -> None:
        line = self.shared[self.run_id, change.key]
        entry = line.entry
        line.entry = replace(entry, status=status, resource=resource or entry.resource, note=note)
        line.holds_target = False
