"""Holders of keys in a browser: they enter one once, and are known by a cookie from then on."""

from datetime import UTC, datetime

from starlette.responses import Response

from server.api.jar import Jar
from server.auth.keys import Presented, read
from server.lifecycle.callers import KeyRing, holder_of
from server.lifecycle.service import Actor

_SESSION = "key_session"


class Holders:
    """Sessions that keys begin. The cookie does not hold the key, and opens nothing once the key
    opens nothing: each request asks the ring."""

    def __init__(self, ring: KeyRing, jar: Jar, *, session_seconds: float) -> None:
        self.jar = jar
        self._ring = ring
        self._session_seconds = session_seconds

    async def actor(self, cookies: str) -> Actor | None:
        """Who has a session; None when it is over, and when the key is revoked or over."""
        known = self.jar.opened(_SESSION, cookies)
        if known is None:
            return None
        key = await self._ring.key(Presented(known["key"], known["digest"]))
        return holder_of(key) if key else None

    async def welcome(self, response: Response, text: str) -> bool:
        """Begin a session for whoever has entered this; False when it is no key that is valid."""
        presented = read(text)
        key = await self._ring.key(presented) if presented else None
        if presented is None or key is None:
            return False
        seconds = self._session_seconds
        if key.expires_at:
            seconds = min(seconds, (key.expires_at - datetime.now(UTC)).total_seconds())
        content = {"key": presented.key_id, "digest": presented.digest}
        self.jar.give(response, _SESSION, content, seconds)
        return True

    def forget(self, response: Response) -> None:
        """End the session in this browser."""
        self.jar.take(response, _SESSION)
