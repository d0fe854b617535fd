"""Holds back requests to a system for as long as a test wants."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATIENCE_SECONDS = 60


@dataclass
class Held:
    """The next requests to a path, so many of them; `after` they were carried out, or before."""

    path: str
    after: bool
    times: int
    dropped: bool = False
    _arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _gone_on: threading.Event = field(default_factory=threading.Event)

    async def arrived(self) -> None:
        """Wait until one more is held."""
        arrived = await asyncio.to_thread(self._arrived.acquire, timeout=PATIENCE_SECONDS)
        assert arrived, f"nobody calls {self.path}"

    def let_go(self, *, drop: bool = False) -> None:
        """Let them go on, or cut their connections."""
        self.dropped = drop
        self._gone_on.set()

    async def hold(self, send: Send) -> bool:
        """Whether it may go on."""
        self._arrived.release()
        await asyncio.to_thread(self._gone_on.wait)
        if self.dropped:
            send.__self__.transport.abort()  # type: ignore[attr-defined]
        return not self.dropped


class Turnstile:
    """A layer around the sandbox through which all requests go."""

    def __init__(self) -> None:
        self._held: list[Held] = []

    def hold(self, path: str, *, after: bool = False, times: int = 1) -> Held:
        """Hold the next requests to a path that ends so."""
        held = Held(path, after, times)
        self._held.append(held)
        return held

    @contextmanager
    def open(self) -> Iterator[None]:
        """When it is over nothing is held any more."""
        try:
            yield
        finally:
            for held in self._held:
                held.let_go(drop=True)
            self._held.clear()

    def before(self, app: ASGIApp) -> ASGIApp:
        """The application with this before it."""

        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            held = self._take(scope["path"])
            if held is None:
                await app(scope, receive, send)
            elif not held.after:
                if await held.hold(send):
                    await app(scope, receive, send)
            else:
                await app(scope, receive, _holding(held, send))

        return layer

    def _take(self, path: str) -> Held | None:
        for held in self._held:
            if held.times and path.endswith(held.path):
                held.times -= 1
                return held
        return None


def _holding(held: Held, send: Send) -> Send:
    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            await held.hold(send)
        if not held.dropped:
            await send(message)

    forward.__self__ = send.__self__  # type: ignore[attr-defined]
    return forward
