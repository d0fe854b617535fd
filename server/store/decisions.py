"""The recorded decisions: whoever inserts the row has decided."""

from sqlalchemy import select

from domain.decisions import Decision, DecisionKind
from server.store.tables import DecisionRow
from server.store.transactions import Transaction


async def winner(tx: Transaction, run_id: str, request_id: str) -> Decision | None:
    """The decision on this question, if there is one."""
    row = await tx.session.get(DecisionRow, (run_id, request_id))
    return Decision.model_validate(row.body) if row else None


async def latest(tx: Transaction, run_id: str) -> Decision | None:
    """The last decision on any question of this run."""
    row = await tx.session.scalar(
        select(DecisionRow)
        .where(DecisionRow.run_id == run_id)
        .order_by(DecisionRow.decided_at.desc())
        .limit(1)
    )
    return Decision.model_validate(row.body) if row else None


async def record(tx: Transaction, run_id: str, decision: Decision) -> None:
    """Insert the one row of this question; a second one violates the primary key."""
    tx.session.add(
        DecisionRow(
            run_id=run_id,
            request_id=decision.request_id,
            kind=decision.kind.value,
            digest=decision.digest,
            responder=decision.responder,
            door=decision.door,
            decided_at=decision.decided_at,
            body=decision.model_dump(mode="json"),
        )
    )
    await tx.session.flush()


async def approval(tx: Transaction, run_id: str) -> Decision | None:
    """The approval of this run's plan; there is one at most."""
    row = await tx.session.scalar(
        select(DecisionRow).where(
            DecisionRow.run_id == run_id, DecisionRow.kind == DecisionKind.APPROVE.value
        )
    )
    return Decision.model_validate(row.body) if row else None
