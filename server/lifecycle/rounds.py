"""What is done once an hour, by every process that has the database."""

import asyncio
import logging
from datetime import timedelta

from domain.errors import StoreUnavailable
from server.lifecycle import audit
from server.store import messages
from server.store.database import Database

HOUR_SECONDS = 3_600.0
_KEPT = timedelta(days=1)
_log = logging.getLogger("agentos")


async def rounds(database: Database) -> None:
    """Now and every hour, until cancelled: tell the head of the audit log, and forget the ids of
    webhooks that their age keeps out by now."""
    while True:
        try:
            await audit.tell(database)
            async with database.write() as tx:
                await messages.forget(tx, tx.now - _KEPT)
        except StoreUnavailable:
            _log.warning("The hourly round was left out: the database does not answer.")
        await asyncio.sleep(HOUR_SECONDS)
