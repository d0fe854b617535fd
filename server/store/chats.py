"""Chats: whose they are, and who answers one just now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select, update

from domain.errors import NotFound
from server.store.chat_tables import ChatRow, ProposalRow
from server.store.transactions import Transaction

LEASE_SECONDS = 10.0
MAX_TITLE = 60


class Turn(NamedTuple):
    """Its number in the thread, and the tokens that were used for the thread before it."""

    number: int
    tokens: int


class Thread(NamedTuple):
    """A chat: its title, how often something was said in it, and when for the last time.

    `tokens` is what models have used for it.
    """

    thread_id: str
    title: str
    turns: int
    tokens: int
    last_at: datetime


async def begin_turn(
    tx: Transaction,
    thread_id: str,
    *,
    tenant: str,
    person: str,
    holder: str,
    life: str,
    title: str = "",
) -> Turn | None:
    """The turn that `holder` may answer now, or None while another one does.

    A thread that nobody knows is begun, and called `title`. `NotFound` for one of somebody else.
    The name of a holder begins with the `life` of its process: on SQLite a holder of another life
    is certainly dead.
    """
    await tx.exclusively("chat", thread_id)
    row = await tx.session.get(ChatRow, thread_id)
    if row is None:
        row = ChatRow(
            thread_id=thread_id,
            tenant=tenant,
            person=person,
            title=title[:MAX_TITLE],
            turns=0,
            created_at=tx.now,
        )
        tx.session.add(row)
    elif (row.tenant, row.person) != (tenant, person):
        raise unknown()
    elif _held(row, tx.now) and (tx.on_postgres or (row.holder or "").startswith(life)):
        return None
    row.turns += 1
    row.holder, row.last_at = holder, tx.now
    row.held_until = tx.now + timedelta(seconds=LEASE_SECONDS)
    await tx.session.flush()
    return Turn(row.turns, row.tokens)


async def keep_turn(tx: Transaction, thread_id: str, holder: str) -> bool:
    """Go on answering; False when another one has taken the thread."""
    until = tx.now + timedelta(seconds=LEASE_SECONDS)
    return await _ours(tx, thread_id, holder, held_until=until)


async def end_turn(tx: Transaction, thread_id: str, holder: str, *, tokens: int) -> bool:
    """The turn is over, and `tokens` are used in all; False when another has taken the thread."""
    over = {"holder": None, "held_until": None, "last_at": tx.now, "tokens": tokens}
    return await _ours(tx, thread_id, holder, **over)


async def check_owner(tx: Transaction, thread_id: str, *, tenant: str, person: str) -> None:
    """`NotFound` unless this thread exists and is this person's."""
    row = await tx.session.get(ChatRow, thread_id)
    if row is None or (row.tenant, row.person) != (tenant, person):
        raise unknown()


async def find(tx: Transaction, *, tenant: str, person: str, limit: int) -> list[Thread]:
    """The threads of a person, the latest first."""
    query = select(ChatRow).where(ChatRow.tenant == tenant, ChatRow.person == person)
    rows = await tx.session.scalars(query.order_by(ChatRow.last_at.desc()).limit(limit))
    return [
        Thread(row.thread_id, row.title or row.thread_id, row.turns, row.tokens, row.last_at)
        for row in rows
    ]


async def idle(tx: Transaction, *, before: datetime, limit: int) -> list[str]:
    """Threads in which nothing was said since `before`, the oldest first."""
    query = select(ChatRow.thread_id).where(*_idle(before))
    return list(await tx.session.scalars(query.order_by(ChatRow.last_at).limit(limit)))


async def drop(tx: Transaction, thread_ids: Sequence[str], *, before: datetime) -> None:
    """Forget these threads, but for those in which something has been said since."""
    gone = delete(ChatRow).where(ChatRow.thread_id.in_(thread_ids), *_idle(before))
    forgotten = list(await tx.session.scalars(gone.returning(ChatRow.thread_id)))
    theirs = delete(ProposalRow).where(ProposalRow.thread_id.in_(forgotten))
    await tx.session.execute(theirs)


def unknown() -> NotFound:
    """What everybody is told of a thread that is not theirs."""
    return NotFound("There is no chat with this id.", advice="Begin one under another id.")


def _held(row: ChatRow, now: datetime) -> bool:
    return row.held_until is not None and row.held_until > now


def _idle(before: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(ChatRow.held_until.is_(None), ChatRow.held_until < before)
    return ChatRow.last_at < before, free


async def _ours(tx: Transaction, thread_id: str, mine: str, **values: object) -> bool:
    held = update(ChatRow).where(ChatRow.thread_id == thread_id, ChatRow.holder == mine)
    done = await tx.session.execute(held.values(**values).returning(ChatRow.thread_id))
    return done.first() is not None
