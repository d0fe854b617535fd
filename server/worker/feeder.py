"""Looks for rows of batches to launch, and for wishes to fulfil, as long as a worker lives."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from domain.errors import AgentOSError
from server.lifecycle.feeding import feed
from server.lifecycle.service import Service

_log = logging.getLogger("agentos.worker")

IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.1
"""Between two looks; never none, so that a long batch leaves the database to others too."""


@dataclass
class Feeder:
    """Feeds the batches of `service`; any number of processes may do so."""

    service: Service
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def open(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._for_ever(), name="agentos-feed")

    async def close(self) -> None:
        """Stop; a row is launched whole or not at all."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _for_ever(self) -> None:
        while True:
            done = 0
            try:
                done = await feed(self.service)
            except AgentOSError as error:
                _log.warning("batches wait: %s They go on by themselves.", error.message)
            except Exception:  # noqa: BLE001 - a worker outlives whatever its database does
                _log.exception("batches wait; they go on by themselves")
            await asyncio.sleep(BUSY_SECONDS if done else IDLE_SECONDS)
