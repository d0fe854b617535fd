"""What is to be told outside: written with the event that it is about, dropped once it was told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from server.store.tables import ParcelRow
from server.store.transactions import Transaction

_LONGEST_FAULT = 200


@dataclass(frozen=True)
class Parcel:
    """One event for one destination; its id stays the same however often it is sent."""

    message_id: str
    destination: str
    run_id: str
    seq: int
    put_at: datetime
    tries: int
    fault: str | None


async def put(tx: Transaction, run_id: str, events: Mapping[int, str]) -> None:
    """Have everybody told who wants these events: their numbers and types."""
    rows = [
        {
            "message_id": _message_id(run_id, seq, name),
            "destination": name,
            "run_id": run_id,
            "seq": seq,
            "put_at": tx.now,
            "due_at": tx.now,
            "tries": 0,
            "dead": False,
        }
        for seq, event_type in events.items()
        for name in tx.destinations.of(event_type)
    ]
    if rows:
        await tx.session.execute(insert(ParcelRow), rows)
        tx.after_commit(tx.destinations.ring)


async def take(tx: Transaction, destination: str, limit: int, lease_seconds: float) -> list[Parcel]:
    """Parcels that are due, the longest first; others get them when the lease is over."""
    due = select(ParcelRow).where(
        ParcelRow.destination == destination, ~ParcelRow.dead, ParcelRow.due_at <= tx.now
    )
    query = due.order_by(ParcelRow.due_at, ParcelRow.seq).limit(limit)
    rows = list(await tx.session.scalars(query.with_for_update(skip_locked=True)))
    for row in rows:
        row.due_at = tx.now + timedelta(seconds=lease_seconds)
        row.tries += 1
    return [_parcel(row) for row in rows]


async def next_due(tx: Transaction, destination: str) -> datetime | None:
    """When the next parcel is due."""
    query = select(ParcelRow.due_at).where(ParcelRow.destination == destination, ~ParcelRow.dead)
    return await tx.session.scalar(query.order_by(ParcelRow.due_at).limit(1))


async def told(tx: Transaction, parcel: Parcel) -> None:
    """It has arrived."""
    await tx.session.execute(delete(ParcelRow).where(ParcelRow.message_id == parcel.message_id))


async def failed(
    tx: Transaction, parcel: Parcel, fault: str, *, after_seconds: float | None
) -> None:
    """Try again after this time, or never."""
    row = await tx.session.get(ParcelRow, parcel.message_id, with_for_update=True)
    if row is not None and row.tries == parcel.tries:
        row.dead = after_seconds is None
        row.due_at = tx.now + timedelta(seconds=after_seconds or 0.0)
        row.fault = fault[:_LONGEST_FAULT]


async def dead(tx: Transaction) -> Sequence[Parcel]:
    """What was given up, the oldest first."""
    rows = await tx.session.scalars(
        select(ParcelRow).where(ParcelRow.dead).order_by(ParcelRow.put_at, ParcelRow.seq)
    )
    return [_parcel(row) for row in rows]


async def revive(tx: Transaction) -> None:
    """Try everything again that was given up."""
    again = update(ParcelRow).where(ParcelRow.dead).values(dead=False, due_at=tx.now, tries=0)
    await tx.session.execute(again, execution_options={"synchronize_session": False})


def _parcel(row: ParcelRow) -> Parcel:
    return Parcel(**{name: getattr(row, name) for name in Parcel.__dataclass_fields__})


def _message_id(run_id: str, seq: int, destination: str) -> str:
    said = f"{run_id}\0{seq}\0{destination}"
    return f"msg_{hashlib.sha256(said.encode()).hexdigest()[:32]}"
