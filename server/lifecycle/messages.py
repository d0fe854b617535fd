"""Signed messages from outside, each of which is acted on once."""

from dataclasses import dataclass

from domain.errors import Replayed
from domain.scopes import DEFAULT_TENANT
from server.store import messages, runs
from server.store.transactions import Transaction


@dataclass(frozen=True)
class Message:
    """A message whose signature was accepted; `sent_at` is when it was signed, in seconds, and
    `tenant` the one that its sender may act for."""

    id: str
    sent_at: int
    digest: str
    tenant: str = DEFAULT_TENANT


async def once(tx: Transaction, message: Message) -> None:
    """Remember the message in the transaction of what it causes; `Replayed` when it is not new."""
    own_id = runs.scoped_key(message.tenant, message.id)
    if not await messages.keep(tx, own_id, message.sent_at, message.digest):
        raise Replayed("The signature of this webhook was not accepted.")
