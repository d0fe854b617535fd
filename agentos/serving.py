"""Runs the application under uvicorn, with the limits and the shutdown that it needs."""

import signal
from types import FrameType

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 3
"""Longer than a stream needs to see that it must end; see `server.api.events`."""


class Server(uvicorn.Server):
    """Tells open streams to end as soon as the signal comes, not when all else is over."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http="h11",  # stops at 64 KiB of headers, httptools does not
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._stopping = app.state.stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal handler in the main thread, which runs the event loop too."""
        self._stopping.set()
        super().handle_exit(signal.SIGTERM if sig == signal.SIGINT else sig, frame)
