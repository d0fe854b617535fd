"""The audit log as the verbs write it and auditors read it."""

import logging
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Any

from domain.scopes import Scope
from server.lifecycle.service import Actor, Service
from server.store import audit as chain
from server.store.audit import Entry, Head, Link
from server.store.database import Database
from server.store.transactions import Transaction

START = Head(0, "0" * 64)
_log = logging.getLogger("agentos.audit")


def note(tx: Transaction, actor: Actor, action: str, subject: str, **details: Any) -> None:
    """Who did what to what: written if and when `tx` commits.

    `details` are ids, digests, kinds and names of systems. What people wrote freely stays in the
    run's own log: it may hold what must not be kept for ever.
    """
    chain.add(tx, Entry(tx.now, actor.tenant, actor.name, actor.door, action, subject, details))


@dataclass(frozen=True)
class Verdict:
    """`faults` are sentences, none when the chain is whole up to `head`."""

    entries: int
    head: Head
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


async def verify(database: Database, anchors: Collection[Head] = ()) -> Verdict:
    """Walk the chain from its start and compare it with its head, and with the `anchors`.

    An anchor is a head that was kept outside of the database, as the log has one for every hour:
    only that finds a chain that was made anew as a whole.
    """
    wanted: dict[int, set[str]] = {}
    for known in (await chain.head(database), *anchors):
        wanted.setdefault(known.seq, set()).add(known.hash)
    faults: list[str] = []
    entries, last = 0, START
    async for link in read(database):
        faults += _faults(last, link)
        entries, last = entries + 1, Head(link.seq, link.hash)
        if wanted.get(link.seq, {link.hash}) != {link.hash}:
            faults.append(f"Entry {link.seq} is not the one that was there.")
    ends = await chain.head(database)
    if last.seq > ends.seq:
        faults.append(f"The log goes on after entry {ends.seq}, where it ends by its head.")
    cut = max((seq for seq in wanted if seq > last.seq), default=0)
    if cut:
        faults.append(f"The end is cut off: entry {cut} was there, {last.seq} is the last one.")
    return Verdict(entries, last, tuple(faults))


def _faults(last: Head, link: Link) -> list[str]:
    if link.hash != link.entry.hash(link.prev, link.seq):
        return [f"Entry {link.seq} was changed."]
    if link.seq != last.seq + 1:
        return [f"Before entry {link.seq} something is missing: {last.seq} is the one before it."]
    if link.prev != last.hash:
        return [f"Entry {link.seq} does not follow the one before it."]
    return []


async def about(service: Service, subject: str, actor: Actor, *, limit: int = 200) -> list[Link]:
    """The latest entries about a run or a batch of this person's tenant, newest first."""
    actor.require(Scope.VIEWER)
    async with service.database.read() as tx:
        return await chain.about(tx, actor.tenant, subject, limit=limit)


def read(database: Database) -> AsyncIterator[Link]:
    """All entries, oldest first."""
    return chain.read(database)


async def tell(database: Database) -> None:
    """Write the head to the log. As a warning: that level is shown without any configuration."""
    head = await chain.head(database)
    if head.seq:
        _log.warning("The head of the audit log is %s", head)
