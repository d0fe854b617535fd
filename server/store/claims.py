"""Who may execute a run: a claim with a lease and a fencing token, on the store's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from server.store.database import Transaction
from server.store.tables import RunRow


@dataclass(frozen=True)
class Claim:
    """The right to execute `run_id`; `fence` goes into every write, `failures` counts crashes."""

    run_id: str
    fence: int
    wake_seq: int
    failures: int


async def wake(
    tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
) -> None:
    """Say that this run needs work, from `at` on; level-triggered, so twice is once."""
    values = {
        "wake_at": at or tx.now,
        "wake_seq": RunRow.wake_seq + 1,
        "priority": priority,
    }
    await tx.session.execute(update(RunRow).where(RunRow.run_id == run_id).values(**values))


async def take(tx: Transaction, owner: str, lease_seconds: float) -> Claim | None:
    """Claim the most urgent run that is due and free; it counts as failed until released."""
    free = or_(RunRow.owner.is_(None), RunRow.lease_until < tx.now)
    row = await tx.session.scalar(
        select(RunRow)
        .where(RunRow.wake_at <= tx.now, free)
        .order_by(RunRow.priority.desc(), RunRow.wake_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.owner, row.lease_until = owner, tx.now + timedelta(seconds=lease_seconds)
    row.fence += 1
    row.failures += 1
    await tx.session.flush()
    return Claim(row.run_id, row.fence, row.wake_seq, row.failures)


async def extend(tx: Transaction, claim: Claim, lease_seconds: float) -> bool:
    """Renew the lease; False when the run belongs to somebody else by now."""
    row = await tx.session.get(RunRow, claim.run_id, with_for_update=True)
    if row is None or row.fence != claim.fence:
        return False
    row.lease_until = tx.now + timedelta(seconds=lease_seconds)
    return True


async def release(
    tx: Transaction, claim: Claim, *, again_at: datetime | None, failed: bool
) -> None:
    """Give the run back. It stays due if it was woken meanwhile, or becomes due at `again_at`."""
    row = await tx.session.get(RunRow, claim.run_id, with_for_update=True)
    if row is None or row.fence != claim.fence:
        return
    row.owner = row.lease_until = None
    if not failed:
        row.failures = 0
    if failed or row.wake_seq == claim.wake_seq:
        row.wake_at = again_at


async def next_due(tx: Transaction) -> datetime | None:
    """When the next unclaimed run becomes due."""
    return await tx.session.scalar(
        select(RunRow.wake_at)
        .where(RunRow.wake_at.is_not(None), RunRow.owner.is_(None))
        .order_by(RunRow.wake_at)
        .limit(1)
    )


async def release_all(tx: Transaction) -> None:
    """Free every claim of an earlier life; only for a store that one process has to itself."""
    await tx.session.execute(
        update(RunRow).where(RunRow.owner.is_not(None)).values(owner=None, lease_until=None)
    )
