"""The end of a pool of connections."""

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.01


async def close(engine: AsyncEngine) -> None:
    """Close all connections; what is under way gets `PATIENCE_SECONDS` to end.

    The session of a task that was cancelled is closed by another one, which nobody waits for; a
    connection that comes back after the end is closed by nobody.
    """
    last = time.monotonic() + PATIENCE_SECONDS
    while _used(engine) and time.monotonic() < last:  # noqa: ASYNC110 - a pool tells nobody
        await asyncio.sleep(_LOOK_SECONDS)
    await engine.dispose()


def _used(engine: AsyncEngine) -> int:
    return engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0
