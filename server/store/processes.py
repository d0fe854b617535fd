"""Processes that are up, and what they have seen of the systems."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from domain.processes import Process
from domain.sightings import Sighting
from server.store.process_tables import ProcessRow
from server.store.tables import RunRow
from server.store.transactions import Transaction


async def say(
    tx: Transaction, name: str, version: str, *, executes: bool, seen: Mapping[str, Sighting]
) -> None:
    """This process is up and has seen this."""
    row = await tx.session.get(ProcessRow, name, with_for_update=True)
    if row is None:
        row = ProcessRow(name=name, started_at=tx.now)
        tx.session.add(row)
    row.version, row.executes, row.seen_at = version, executes, tx.now
    row.sightings = {system: one.model_dump(mode="json") for system, one in seen.items()}


async def leave(tx: Transaction, name: str) -> None:
    """This process ends."""
    await tx.session.execute(delete(ProcessRow).where(ProcessRow.name == name))


async def forget(tx: Transaction, before: datetime) -> None:
    """Drop processes that were last seen before this time: they ended without a word.

    One that is just now heard again is passed over.
    """
    old = select(ProcessRow.name).where(ProcessRow.seen_at < before)
    gone = old.with_for_update(skip_locked=True)
    await tx.session.execute(delete(ProcessRow).where(ProcessRow.name.in_(gone)))


async def find(tx: Transaction, *, gone_after: timedelta) -> list[Process]:
    """All that are known, those that execute runs first; needs a transaction with the time."""
    held = select(RunRow.owner, func.count().label("runs")).where(RunRow.owner.is_not(None))
    holding = held.group_by(RunRow.owner).subquery()
    query = select(ProcessRow, func.coalesce(holding.c.runs, 0))
    query = query.outerjoin(holding, holding.c.owner == ProcessRow.name)
    rows = await tx.session.execute(query.order_by(ProcessRow.executes.desc(), ProcessRow.name))
    return [
        Process(
            name=row.name,
            version=row.version,
            executes=row.executes,
            started_at=row.started_at,
            seen_at=row.seen_at,
            up=row.seen_at >= tx.now - gone_after,
            runs=runs,
            seen={name: Sighting.model_validate(one) for name, one in row.sightings.items()},
        )
        for row, runs in rows
    ]
