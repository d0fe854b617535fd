"""Tells the other processes which runs have changed, by Postgres' LISTEN and NOTIFY.

A notice that is lost costs a second: whoever waits for a run also looks by itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import psycopg

_log = logging.getLogger("agentos.store")

CHANNEL = "agentos_runs"
GATHER_SECONDS = 0.02
_RETRY_SECONDS = 1.0
_PAYLOAD_BYTES = 7_000  # Postgres takes less than 8000


class Notices:
    """`tell` never waits; what is told within 20 ms goes out together.

    They are sent outside the transactions they are about: a NOTIFY inside would make all commits
    of the server take turns.
    """

    def __init__(self, conninfo: str, heard: Callable[[str], None]) -> None:
        self._conninfo = conninfo
        self._heard = heard
        self._self = uuid4().hex[:8]
        self._changed: set[str] = set()
        self._some = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def tell(self, run_id: str) -> None:
        """This run has changed."""
        self._changed.add(run_id)
        self._some.set()

    async def open(self) -> None:
        """Begin to tell and to listen; returns at once."""
        self._tasks = [asyncio.create_task(self._for_ever(listen)) for listen in (True, False)]

    async def close(self) -> None:
        """End both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _for_ever(self, listen: bool) -> None:
        while True:
            with suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await (self._listen if listen else self._send)(connection)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notice in connection.notifies():
            sender, *run_ids = notice.payload.split()
            if sender != self._self:
                for run_id in run_ids:
                    self._heard(run_id)

    async def _send(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._some.clear()
            changed, self._changed = self._changed, set()
            for payload in self._payloads(changed):
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))

    def _payloads(self, run_ids: set[str]) -> Iterator[str]:
        payload = self._self
        for run_id in run_ids:
            if len(payload) + len(run_id) >= _PAYLOAD_BYTES:
                yield payload
                payload = self._self
            payload += f" {run_id}"
        if run_ids:
            yield payload
