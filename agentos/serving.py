"""Runs an application under uvicorn, with the limits and the shutdown that it needs."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Generator

import uvicorn
from starlette.applications import Starlette

from domain.errors import BadSetting

GRACE_SECONDS = 3
"""How long open answers may take to end once the server is told to stop."""


def listen(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything is started; port 0 is any free one."""
    # With the protocol named, asyncio turns Nagle off; without, each kept connection waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise BadSetting(
                f"Port {port} of {host} cannot be taken: {error.strerror}.",
                advice="Stop what uses it, or choose another with --port.",
            ) from error
        raise BadSetting(
            f"AGENTOS_HOST is no address of this machine: {error.strerror}.",
            advice="Give 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses.",
        ) from error
    return listener


class _Server(uvicorn.Server):
    """Leaves the signals to `serve`: uvicorn raises them anew when it ends, which would end the
    process before its store and its children."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def serve(
    app: Starlette,
    listener: socket.socket,
    on_ready: Callable[[str], None],
    until: Callable[[], Awaitable[object]],
) -> None:
    """Serve until a signal comes or `until` is over; `on_ready` gets the address.

    The application's life is entered here, not by uvicorn, so that its errors reach the caller.
    """
    config = uvicorn.Config(
        app,
        http="h11",  # stops at 64 KiB of headers, httptools does not
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)

    async def watch() -> None:
        await until()
        signal.raise_signal(signal.SIGTERM)

    watching = asyncio.ensure_future(watch())
    try:
        async with app.router.lifespan_context(app):
            serving = asyncio.ensure_future(server.serve(sockets=[listener]))
            while not server.started and not serving.done():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.01)
            on_ready(_url(listener))
            await serving
    finally:
        watching.cancel()
        listener.close()


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
