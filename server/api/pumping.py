"""Work that goes on in a task of its own while its results are sent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

QUIET_SECONDS = 15.0


async def pumped[T](
    source: AsyncGenerator[T], stopping: asyncio.Event, *, quiet_seconds: float = QUIET_SECONDS
) -> AsyncGenerator[T | None]:
    """What `source` yields, and None whenever nothing has come for a while; what it raises.

    When `stopping` is set, and when nobody takes any more, it is cancelled, once, and cleans up: it
    may hold connections that do not survive being cancelled again and again.
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
    end = asyncio.create_task(stopping.wait())
    coming = asyncio.create_task(results.get())
    try:
        while not end.done():
            await asyncio.wait(
                (coming, end), timeout=quiet_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if not coming.done():
                yield None
            elif (found := coming.result()) is None:
                await work
                return
            else:
                coming = asyncio.create_task(results.get())
                yield found[0]
    finally:
        for task in (coming, work, end):
            task.cancel()
        await asyncio.wait((coming, work, end))
        if not work.cancelled():
            work.exception()  # seen, though nobody waits for it any more
