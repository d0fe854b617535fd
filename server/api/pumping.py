"""Work that goes on in a task of its own while its results are sent."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from server.api.stopping import unless_set


async def pumped[T](source: AsyncGenerator[T], stopping: asyncio.Event) -> AsyncIterator[T]:
    """What `source` yields; whatever it raises is raised here.

    A caller who hangs up, and a server that stops, cancel it once and wait until it has cleaned up:
    it may hold connections that do not survive being cancelled again and again.
    """
    results: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

    async def drain() -> None:
        try:
            async with aclosing(source):
                async for item in source:
                    results.put_nowait((item,))
        finally:
            results.put_nowait(None)

    work = asyncio.create_task(drain())
    try:
        while (found := await unless_set(stopping, results.get())) is not None:
            yield found[0]
        if not stopping.is_set():
            await work
    finally:
        work.cancel()
        while not work.done():
            await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # seen, though nobody waits for it any more
