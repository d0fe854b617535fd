"""Knowing early that the server is about to stop.

An ASGI server waits for open answers before it tells the application to shut down, so a stream
that waited for that would hold the server up until it is killed.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any


@asynccontextmanager
async def set_on_signals(stopping: asyncio.Event) -> AsyncIterator[None]:
    """Set `stopping` when SIGTERM or SIGINT comes, then do what the server has them do.

    Does nothing outside the main thread and where no handler is installed.
    """
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}

    def tell(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        before[signal.Signals(number)](number, frame)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            if callable(handler := signal.getsignal(number)):
                before[number] = handler
                signal.signal(number, tell)
    try:
        yield
    finally:
        stopping.set()
        for number, handler in before.items():
            if signal.getsignal(number) is tell:
                signal.signal(number, handler)


async def unless_set[T](stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`, or None (and `work` is cancelled) when `stopping` is set first."""
    tasks = (asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(
            tasks
        )  # not gather: it would hand on a second cancel to their cleaning up
