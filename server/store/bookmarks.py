"""Views of the runs that people keep, each their own."""

from typing import NamedTuple

from sqlalchemy import String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server.store.tables import Base
from server.store.transactions import Transaction


class BookmarkRow(Base):
    """A view is a query of the page of runs; a person has one of each name."""

    __tablename__ = "bookmarks"

    bookmark_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("tenant", "person", "name", name="uq_bookmarks_name"),)


class Bookmark(NamedTuple):
    """A kept view."""

    bookmark_id: str
    name: str
    query: str


async def of_person(tx: Transaction, *, tenant: str, person: str) -> list[Bookmark]:
    """What this person has kept, by name."""
    query = select(BookmarkRow).where(BookmarkRow.tenant == tenant, BookmarkRow.person == person)
    rows = await tx.session.scalars(query)
    kept = [Bookmark(row.bookmark_id, row.name, row.query) for row in rows]
    return sorted(kept, key=lambda one: one.name.casefold())


async def add(tx: Transaction, kept: Bookmark, *, tenant: str, person: str) -> None:
    """Keep one more."""
    tx.session.add(BookmarkRow(**kept._asdict(), tenant=tenant, person=person))
    await tx.session.flush()


async def change(tx: Transaction, kept: Bookmark) -> None:
    """The view of this id now shows something else."""
    same = update(BookmarkRow).where(BookmarkRow.bookmark_id == kept.bookmark_id)
    await tx.session.execute(same.values(query=kept.query))


async def drop(tx: Transaction, bookmark_id: str, *, tenant: str, person: str) -> None:
    """Keep it no longer; what is not this person's stays."""
    theirs = (BookmarkRow.tenant == tenant, BookmarkRow.person == person)
    gone = delete(BookmarkRow).where(BookmarkRow.bookmark_id == bookmark_id, *theirs)
    await tx.session.execute(gone)
