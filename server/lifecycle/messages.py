"""Signed messages from outside, each of which is acted on once."""

from dataclasses import dataclass

from domain.errors import Replayed
from server.store import messages
from server.store.transactions import Transaction


@dataclass(frozen=True)
class Message:
    """A message whose signature was accepted; `sent_at` is when it was signed, in seconds."""

    id: str
    sent_at: int
    digest: str


async def once(tx: Transaction, message: Message) -> None:
    """Remember the message in the transaction of what it causes; `Replayed` when it is not new."""
    if not await messages.keep(tx, message.id, message.sent_at, message.digest):
        raise Replayed("The signature of this webhook was not accepted.")
