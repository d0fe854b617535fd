"""Questions that stand as messages in a chat."""

from collections.abc import Sequence

from sqlalchemy import select

from server.store.tables import AskRow
from server.store.transactions import Transaction


async def keep(tx: Transaction, run_id: str, request_id: str, place: str, description: str) -> None:
    """Remember where the question stands."""
    if await tx.session.get(AskRow, request_id) is None:
        tx.session.add(
            AskRow(
                request_id=request_id,
                run_id=run_id,
                place=place,
                description=description,
                settled=False,
            )
        )


async def standing(tx: Transaction, run_id: str) -> Sequence[AskRow]:
    """The questions of a run whose messages do not say yet how they ended."""
    query = select(AskRow).where(AskRow.run_id == run_id, ~AskRow.settled)
    return list(await tx.session.scalars(query))


async def settle(tx: Transaction, request_id: str) -> None:
    """Its message says how it ended."""
    row = await tx.session.get(AskRow, request_id)
    if row is not None:
        row.settled = True
