"""The ids of webhooks that have been acted on."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from server.store.tables import MessageRow
from server.store.transactions import Transaction


async def keep(tx: Transaction, message_id: str, sent_at: int, digest: str) -> bool:
    """Remember a message; False when it is not new.

    One id is one message, for ever signed anew by its sender who tries again: that is later than
    all that was seen of it, and says the same.
    """
    row = await tx.session.get(MessageRow, message_id, with_for_update=True)
    if row is None:
        new = MessageRow(message_id=message_id, sent_at=sent_at, digest=digest, seen_at=tx.now)
        tx.session.add(new)
        try:
            await tx.session.flush()
        except IntegrityError:  # its twin was faster
            return False
        return True
    if row.digest != digest or sent_at <= row.sent_at:
        return False
    row.sent_at = sent_at
    return True


async def forget(tx: Transaction, before: datetime) -> None:
    """Drop what was seen before this time: the age of its signature keeps it out."""
    await tx.session.execute(delete(MessageRow).where(MessageRow.seen_at < before))
