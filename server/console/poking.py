"""The address of the pokes, answered by hand: what a framework holds for an open answer would cost
more than the page that waits for it."""

import asyncio
from contextlib import aclosing
from typing import cast

from fastapi import Request
from starlette.types import Receive, Scope, Send

from domain.errors import NotAllowed
from server.auth.exchange import still
from server.console.route import HEADERS
from server.console.shell import Console
from server.lifecycle.service import ANY_RUN

_STREAM = HEADERS | {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}
_RAW = [(name.lower().encode(), value.encode()) for name, value in _STREAM.items()]


class Poking:
    """Says when the page that listens should be read again; see `Pokes`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        console = cast(Console, request.app.state.console)
        if refused := _refused(console, request):
            await send({"type": "http.response.start", "status": refused, "headers": _RAW})
            await send({"type": "http.response.body", "body": b""})
            return
        topic = request.query_params.get("topic", ANY_RUN)
        await send({"type": "http.response.start", "status": 200, "headers": _RAW})
        left = asyncio.ensure_future(_left(receive))
        try:
            following = console.pokes.follow(topic, left=left, still=still(scope))
            async with aclosing(following) as frames:
                async for frame in frames:
                    await send({"type": "http.response.body", "body": frame, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            left.cancel()
            await asyncio.wait([left])


async def _left(receive: Receive) -> None:
    """Returns when nobody listens any more."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _refused(console: Console, request: Request) -> int | None:
    try:
        console.reader(request)
    except NotAllowed:
        return 403
    return 503 if console.pokes.full else None
