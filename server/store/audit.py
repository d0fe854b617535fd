"""The audit log: who did what, each entry chained to the one before it."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.canonical import canonical_json
from server.store.database import Database
from server.store.tables import AuditHeadRow, AuditRow
from server.store.transactions import Transaction

_PAGE = 1_000


class Head(NamedTuple):
    """Where the chain ends: the number and the hash of its last entry."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True)
class Entry:
    """What one `action` did to one `subject`; `details` are words and numbers, never free text."""

    at: datetime
    tenant: str
    actor: str
    door: str
    action: str
    subject: str
    details: dict[str, Any]

    def hash(self, prev: str, seq: int) -> str:
        """What the chain holds of this entry at its place."""
        body = asdict(self) | {"at": self.at.astimezone(UTC).isoformat(), "seq": seq, "prev": prev}
        return hashlib.sha256(canonical_json(body).encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """An entry as it lies in the chain."""

    seq: int
    entry: Entry
    prev: str
    hash: str


def add(tx: Transaction, entry: Entry) -> None:
    """Chain the entry to the log in this transaction, as the last thing before it commits.

    Writers take turns from there to their commit, and only there.
    """
    tx.before_commit(partial(_append, entry))


async def _append(entry: Entry, connection: AsyncConnection) -> None:
    last = (await connection.execute(_head().with_for_update())).one()
    link = Head(last.seq + 1, entry.hash(last.hash, last.seq + 1))
    await connection.execute(update(AuditHeadRow).values(seq=link.seq, hash=link.hash))
    row = asdict(entry) | {"seq": link.seq, "prev": last.hash, "hash": link.hash}
    await connection.execute(insert(AuditRow).values(**row))


def _head() -> Any:
    return select(AuditHeadRow.seq, AuditHeadRow.hash)


async def head(database: Database) -> Head:
    """Where the chain ends now."""
    async with database.read() as tx:
        found = (await tx.session.execute(_head())).one_or_none()
    return Head(found.seq, found.hash) if found else Head(0, "")


async def read(database: Database) -> AsyncIterator[Link]:
    """The whole log in order, as it is stored."""
    after = -1
    while True:
        query = select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq).limit(_PAGE)
        async with database.read() as tx:
            rows = list(await tx.session.scalars(query))
        for row in rows:
            yield _link(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


async def about(tx: Transaction, tenant: str, subject: str, *, limit: int) -> list[Link]:
    """The latest entries about one subject of a tenant, newest first."""
    query = select(AuditRow).where(AuditRow.subject == subject, AuditRow.tenant == tenant)
    rows = await tx.session.scalars(query.order_by(AuditRow.seq.desc()).limit(limit))
    return [_link(row) for row in rows]


def _link(row: AuditRow) -> Link:
    entry = Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
    return Link(row.seq, entry, row.prev, row.hash)
