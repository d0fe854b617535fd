"""Runs the sandbox on a loopback port."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.store import Store

_META = ("_sandbox", "setting", "port")


def run(
    host: str,
    port: int,
    path: Path | str,
    on_ready: Callable[[str], None] | None = None,
    *,
    stop_when_stdin_closes: bool = False,
) -> None:
    """Serve until interrupted, or until the parent process is gone.

    Port 0 means the port of the last time, so that old links stay good, or any free one.
    """
    listener = _listen(host, port, path)
    chosen = listener.getsockname()[1]
    _remember(path, chosen)
    config = uvicorn.Config(
        create_app(path), http="h11", log_level="warning", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    asyncio.run(
        _serve(server, listener, f"http://{host}:{chosen}", on_ready, stop_when_stdin_closes)
    )


async def _serve(
    server: uvicorn.Server,
    listener: socket.socket,
    url: str,
    on_ready: Callable[[str], None] | None,
    watch_stdin: bool,
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.01)
    if watch_stdin:
        # Ctrl+C reaches the whole process group, but the parent needs us until it has ended.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    if on_ready:
        on_ready(url)
    if watch_stdin:
        watcher = asyncio.create_task(_parent_gone())
        await asyncio.wait({serving, watcher}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
    await serving


async def _parent_gone() -> None:
    """Standard input is a pipe from the parent: it ends when the parent does, however it died."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _listen(host: str, port: int, path: Path | str) -> socket.socket:
    store = Store(path)
    last = store.get(*_META)
    store.close()
    candidates = [port] if port else [last["port"] if last else 0, 0]
    for candidate in candidates[:-1]:
        try:
            return _bind(host, candidate)
        except OSError:
            continue
    return _bind(host, candidates[-1])


def _bind(host: str, port: int) -> socket.socket:
    # Named as TCP, it gets no delay from asyncio: an answer is written in two parts.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _remember(path: Path | str, port: int) -> None:
    store = Store(path)
    store.put(*_META, {"port": port})
    store.close()
