"""Runs an application under uvicorn, with the limits and the shutdown that it needs."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp

from domain.errors import BadSetting

GRACE_SECONDS = 3
"""How long open answers may take to end once the server is told to stop."""


def listen(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything is started; port 0 is any free one."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BadSetting(
            f"Port {port} of {host} cannot be taken: {error.strerror}.",
            advice="Stop what uses it, or choose another with --port.",
        ) from error
    return listener


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    on_ready: Callable[[str], None],
    until: Awaitable[object] | None = None,
) -> None:
    """Serve until a signal comes or `until` is over; `on_ready` gets the address."""
    config = uvicorn.Config(
        app,
        http="h11",  # stops at 64 KiB of headers, httptools does not
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.01)
    if server.started:
        host, port = listener.getsockname()[:2]
        on_ready(f"http://{host}:{port}")
    if until is not None:
        watching = asyncio.ensure_future(until)
        await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        watching.cancel()
    await serving
