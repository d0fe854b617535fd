"""Who uses a key."""

import hmac
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain.errors import StoreUnavailable
from domain.keys import ApiKey
from server.auth import keys as texts
from server.lifecycle.service import Actor
from server.store import keys
from server.store.database import Database

FRESH_SECONDS = 2.0
_MOST = 10_000
_USED_AGAIN = timedelta(hours=1)
_log = logging.getLogger("agentos.keys")


def holder_of(key: ApiKey) -> Actor:
    """Who acts when this key is used."""
    return Actor(key.owner, "api", key.tenant, key.groups, key.scopes)


class KeyRing:
    """The holders of keys. What is known of a key is at most `FRESH_SECONDS` old: so soon a revoked
    one opens nothing any more, in every process. `clock` gives seconds."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, tuple[ApiKey, float]] = {}

    async def holder(self, text: str) -> Actor | None:
        """Who may use this key now; None for whatever else was sent."""
        presented = texts.read(text)
        key = await self.key(presented) if presented else None
        return holder_of(key) if key else None

    async def key(self, presented: texts.Presented) -> ApiKey | None:
        """The key that was presented, if it opens anything now."""
        key, read_at = self._known.get(presented.digest, (None, 0.0))
        if key is None or self._clock() - read_at >= FRESH_SECONDS:
            key = await self._read(presented)
        return key if key and key.valid(datetime.now(UTC)) else None

    async def _read(self, presented: texts.Presented) -> ApiKey | None:
        read_at = self._clock()
        async with self._database.read() as tx:
            kept = await keys.get(tx, presented.key_id)
        if kept is None or not hmac.compare_digest(kept.digest, presented.digest):
            return None
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[presented.digest] = (kept.key, read_at)
        await self._note_use(kept.key)
        return kept.key

    async def _note_use(self, key: ApiKey) -> None:
        """Roughly when it was last used; a request is not refused because that cannot be kept."""
        now = datetime.now(UTC)
        if not key.valid(now) or (key.used_at and now - key.used_at < _USED_AGAIN):
            return
        try:
            async with self._database.write() as tx:
                await keys.change(tx, key.key_id, used_at=tx.now)
        except StoreUnavailable:
            _log.warning("it was not noted that %s is used", key.key_id)
