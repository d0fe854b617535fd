"""Proposals of chats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from domain.chats import Action, Proposal
from domain.proposals import Outcome, ProposalState
from server.store.chat_tables import ProposalRow
from server.store.transactions import Transaction


class Standing(NamedTuple):
    """A proposal, where it stands, and what has come of its first actions."""

    proposal: Proposal
    state: ProposalState
    outcomes: tuple[Outcome, ...]
    decided_by: dict[str, Any] | None


async def add(tx: Transaction, thread_id: str, proposal: Proposal) -> None:
    """The one proposal of this thread that is open from now on."""
    await supersede(tx, thread_id)
    tx.session.add(
        ProposalRow(
            digest=proposal.digest,
            thread_id=thread_id,
            state=ProposalState.OPEN.value,
            actions=[action.model_dump(mode="json") for action in proposal.actions],
            outcomes=[],
            made_at=tx.now,
            expires_at=proposal.expires_at,
        )
    )


async def supersede(tx: Transaction, thread_id: str) -> None:
    """What is open in this thread can no longer be confirmed."""
    opened = update(ProposalRow).where(
        ProposalRow.thread_id == thread_id, ProposalRow.state == ProposalState.OPEN.value
    )
    await tx.session.execute(opened.values(state=ProposalState.SUPERSEDED.value))


async def find(tx: Transaction, thread_id: str, digest: str) -> Standing | None:
    """The proposal of this thread that has this digest."""
    row = await tx.session.get(ProposalRow, digest, with_for_update=True)
    return _standing(row) if row is not None and row.thread_id == thread_id else None


async def opened(tx: Transaction, thread_id: str, *, at: datetime | None = None) -> Proposal | None:
    """What waits for a yes in this thread; with `at` unless its time is over then."""
    query = select(ProposalRow).where(
        ProposalRow.thread_id == thread_id, ProposalRow.state == ProposalState.OPEN.value
    )
    row = await tx.session.scalar(query)
    if row is None or (at is not None and row.expires_at <= at):
        return None
    return _standing(row).proposal


async def unfinished(tx: Transaction, digest: str | None = None) -> Standing | None:
    """A confirmed proposal of which something is still to be done; nobody else gets it meanwhile.

    Without `digest` any that nobody else has just now.
    """
    query = select(ProposalRow).where(ProposalRow.state == ProposalState.CONFIRMED.value)
    if digest is not None:
        query = query.where(ProposalRow.digest == digest).with_for_update()
    else:
        query = query.order_by(ProposalRow.made_at).limit(1).with_for_update(skip_locked=True)
    row = await tx.session.scalar(query)
    return _standing(row) if row is not None else None


async def move(
    tx: Transaction, digest: str, to: ProposalState, *, by: dict[str, Any] | None = None
) -> None:
    """It stands there from now on; `by` is whoever confirmed it."""
    row = await tx.session.get_one(ProposalRow, digest)
    row.state, row.decided_by = to.value, by or row.decided_by


async def done(tx: Transaction, standing: Standing, outcome: Outcome) -> None:
    """The next action is done, with this outcome."""
    row = await tx.session.get_one(ProposalRow, standing.proposal.digest)
    row.outcomes = [*row.outcomes, outcome._asdict()]
    if len(row.outcomes) == len(row.actions):
        row.state = ProposalState.DONE.value


def _standing(row: ProposalRow) -> Standing:
    actions: Sequence[Action] = [Action.model_validate(action) for action in row.actions]
    return Standing(
        Proposal(digest=row.digest, actions=tuple(actions), expires_at=row.expires_at),
        ProposalState(row.state),
        tuple(Outcome(**outcome) for outcome in row.outcomes),
        row.decided_by,
    )
