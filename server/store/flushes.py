"""Group commit: while one flush is under way, what the process's runs have to save gathers."""

import asyncio
from collections import deque
from contextvars import Context

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from domain.errors import LeaseLost, StoreUnavailable
from server.store.saves import Batch, Save

Connection = AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]
Ticket = tuple[Save, asyncio.Future[None]]

AWAY = (OperationalError, InterfaceError)
_CONTENTION = (DeadlockDetected, LockNotAvailable, SerializationFailure)
_LARGEST = 256
"""Saves in one flush: bounds what a single statement carries."""
_LINGER_SECONDS = 0.05
"""How long a connection is kept for the next save: taking one costs a round trip of its own."""


class Flushes:
    """One flush at a time, in the order of arrival. It belongs to no run, so none can hurt it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: deque[Ticket] = deque()
        self._arrived = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    async def add(self, save: Save) -> None:
        """Durable when this returns.

        `LeaseLost` when its fence is stale; `StoreUnavailable` when the database is away, and then
        it may be stored or not; any other error is about this save alone. Of a caller that is
        cancelled the save stays in the queue.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((save, done))
        self._arrived.set()
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._run(), context=Context())
        await done

    async def close(self) -> None:
        """Flush what waits."""
        if self._flusher:
            await self._flusher

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._burst()
        finally:
            self._flusher = None

    async def _burst(self) -> None:
        """Flush over one connection until nothing arrives any more or the connection is lost."""
        try:
            async with self._pool.connection() as connection:
                while not connection.closed and await self._more():
                    await self._flush(connection, *self._next())
        except Exception as error:  # noqa: BLE001 - no connection is to be had, and all are told
            while self._waiting:
                _settle(self._waiting.popleft(), error)

    async def _more(self) -> bool:
        """Whether anything waits, now or within a moment."""
        if not self._waiting:
            self._arrived.clear()
            try:
                async with asyncio.timeout(_LINGER_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                return False
        return True

    def _next(self) -> tuple[Batch, list[Ticket]]:
        batch = Batch()
        tickets: list[Ticket] = []
        while self._waiting and len(tickets) < _LARGEST and batch.add(self._waiting[0][0]):
            tickets.append(self._waiting.popleft())
        return batch, tickets

    async def _flush(self, connection: Connection, batch: Batch, tickets: list[Ticket]) -> None:
        try:
            stale = await batch.store(connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers are told
            if len(tickets) > 1 and (not isinstance(error, AWAY) or isinstance(error, _CONTENTION)):
                for ticket in tickets:  # the one at fault must not fail the others
                    await self._flush(connection, Batch(ticket[0]), [ticket])
            else:
                for ticket in tickets:
                    _settle(ticket, error)
        else:
            for ticket in tickets:
                lost = ticket[0].thread_id in stale
                _settle(ticket, LeaseLost("Another worker has taken this run.") if lost else None)


def away(error: Exception) -> StoreUnavailable:
    """The driver's error in our words."""
    ours = StoreUnavailable("The database does not answer.")
    ours.__cause__ = error
    return ours


def _settle(ticket: Ticket, error: Exception | None = None) -> None:
    done = ticket[1]
    if done.done():  # its caller was cancelled
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(away(error) if isinstance(error, AWAY) else error)
