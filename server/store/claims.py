"""Who may execute a run: a claim with a lease and a fencing token, on the store's clock.

A run that needs work says so in its own row (`wake_at`); a claim takes that away and gives it back
if it does not end in peace. So nothing that a queue loses can lose a run.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from server.store.tables import RunRow
from server.store.transactions import Transaction


@dataclass(frozen=True)
class Claim:
    """The right to execute `run_id`; `fence` goes into every write.

    `failures` counts claims in a row, this one included, that brought the run no further.
    `graph_version` is that of the release that launched it.
    """

    run_id: str
    fence: int
    failures: int
    graph_version: str


@dataclass(frozen=True)
class Worker:
    """Who claims: a name no other process has, the graph versions it can execute, its lease."""

    name: str
    graph_versions: Collection[str]
    lease_seconds: float


@dataclass(frozen=True)
class Limits:
    """How many runs may be executed at a time, by all workers together; None is any number."""

    in_all: int | None = None
    per_tenant: int | None = None

    @property
    def any(self) -> bool:
        return self.in_all is not None or self.per_tenant is not None


NO_LIMITS = Limits()
_WRITING = {"key_share": True}
_URGENT_FIRST = (RunRow.priority.desc(), RunRow.wake_at, RunRow.run_id)


async def wake(
    tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
) -> None:
    """Say that this run needs work, from `at` on; level-triggered, so twice is once."""
    row = await tx.session.get(RunRow, run_id, with_for_update=_WRITING)
    if row is not None:
        row.wake_at = _earlier(row.wake_at, at or tx.now)
        row.priority = max(row.priority, priority)


async def take(
    tx: Transaction, worker: Worker, limits: Limits = NO_LIMITS, *, run_id: str | None = None
) -> Claim | None:
    """Claim the most urgent run that is due, or `run_id` if that is, within the limits.

    Whoever asks for a certain run waits for others that just write to it, and gets one whose lease
    has run out too. A claim counts as failed until it is released. A run of a graph version that
    this worker does not know is never claimed.
    """
    # A claim takes the whole row, so it waits for every write under the last fence, and those that
    # come after it see the new one. All other writers lock only against each other.
    if limits.any:
        await tx.exclusively("admission")  # two takers must not both count the same free place
    rules = [RunRow.graph_version.in_(worker.graph_versions), *_within(limits)]
    if run_id is None:
        wanted = select(RunRow).where(_waiting(tx), *rules).order_by(*_URGENT_FIRST).limit(1)
        row = await tx.session.scalar(wanted.with_for_update(of=RunRow, skip_locked=True))
    else:
        wanted = select(RunRow).where(RunRow.run_id == run_id, due_condition(tx), *rules)
        row = await tx.session.scalar(wanted.with_for_update(of=RunRow))
    if row is None:
        return None
    row.owner, row.lease_until = worker.name, tx.now + timedelta(seconds=worker.lease_seconds)
    row.wake_at, row.priority = None, 0
    row.fence += 1
    row.failures = row.failures + 1 if row.version == row.claimed_version else 1
    row.claimed_version = row.version
    await tx.session.flush()
    return Claim(row.run_id, row.fence, row.failures, row.graph_version)


async def graph_version(tx: Transaction, run_id: str) -> str | None:
    """The version of the graph that this run was launched for; None when there is no such run."""
    row = await tx.session.get(RunRow, run_id)
    return row.graph_version if row else None


async def wanted(tx: Transaction, run_id: str) -> bool:
    """Whether somebody wants this run to pause or to be cancelled."""
    want = await tx.session.scalar(select(RunRow.want).where(RunRow.run_id == run_id))
    return want is not None


async def extend(tx: Transaction, claim: Claim, lease_seconds: float) -> bool:
    """Renew the lease; False when the run belongs to somebody else by now."""
    row = await tx.session.get(RunRow, claim.run_id, with_for_update=_WRITING)
    if row is None or row.fence != claim.fence:
        return False
    row.lease_until = tx.now + timedelta(seconds=lease_seconds)
    return True


async def release(
    tx: Transaction, claim: Claim, *, again_at: datetime | None, failed: bool
) -> datetime | None:
    """Give the run back. Returns when it is due again: at `again_at`, or as it was woken meanwhile.

    A `failed` try keeps its count and its pause: a wake does not shorten that.
    """
    row = await tx.session.get(RunRow, claim.run_id, with_for_update=_WRITING)
    if row is None or row.fence != claim.fence:
        return None
    row.owner = row.lease_until = None
    if failed:
        row.wake_at = again_at
    else:
        row.failures = 0
        row.wake_at = _earlier(row.wake_at, again_at)
    return row.wake_at


async def free(tx: Transaction, *owners: str) -> list[str]:
    """Take every run from these workers, which are gone; the runs are due at once.

    Their fences grow, so that a worker that was only thought gone can write nothing any more.
    """
    gone = RunRow.owner.in_(owners) if owners else RunRow.owner.is_not(None)
    rows = list(await tx.session.scalars(select(RunRow).where(gone).with_for_update()))
    for row in rows:
        row.owner = row.lease_until = None
        row.wake_at = tx.now
        row.fence += 1
    return [row.run_id for row in rows]


async def owners(tx: Transaction) -> list[str]:
    """The workers that have claims."""
    found = await tx.session.scalars(
        select(RunRow.owner).where(RunRow.owner.is_not(None)).distinct()
    )
    return [owner for owner in found if owner]


async def due(tx: Transaction, limit: int, limits: Limits = NO_LIMITS) -> list[str]:
    """Runs that could be claimed now, the most urgent first."""
    query = select(RunRow.run_id).where(due_condition(tx), *_within(limits))
    return list(await tx.session.scalars(query.order_by(*_URGENT_FIRST).limit(limit)))


async def expired(tx: Transaction, limit: int) -> list[str]:
    """Runs whose worker has not renewed its lease in time."""
    return list(await tx.session.scalars(select(RunRow.run_id).where(_late(tx)).limit(limit)))


async def next_due(tx: Transaction) -> datetime | None:
    """When the next run becomes due that nobody executes."""
    return await tx.session.scalar(select(func.min(RunRow.wake_at)).where(RunRow.owner.is_(None)))


def due_condition(tx: Transaction) -> ColumnElement[bool]:
    """Work is to be done and nobody is at it, or whoever was has let the lease run out."""
    return or_(_waiting(tx), _late(tx))


def _waiting(tx: Transaction) -> ColumnElement[bool]:
    return and_(RunRow.owner.is_(None), RunRow.wake_at <= tx.now)


def _late(tx: Transaction) -> ColumnElement[bool]:
    return and_(RunRow.owner.is_not(None), RunRow.lease_until < tx.now)


def _within(limits: Limits) -> list[ColumnElement[bool]]:
    other = aliased(RunRow)
    busy = select(func.count()).select_from(other).where(other.owner.is_not(None))
    rules: list[ColumnElement[bool]] = []
    if limits.in_all is not None:
        rules.append(busy.scalar_subquery() < limits.in_all)
    if limits.per_tenant is not None:
        own = busy.where(other.tenant == RunRow.tenant)
        rules.append(own.scalar_subquery() < limits.per_tenant)
    return rules


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
