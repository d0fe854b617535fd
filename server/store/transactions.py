"""One transaction, as the rest of the store and the lifecycle verbs use it."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.errors import StoreUnavailable
from server.store.destinations import NOBODY, Destinations


class Transaction:
    """A session, the store's time (UTC), and what to do once it is durable."""

    def __init__(
        self,
        session: AsyncSession,
        now: datetime | None = None,
        destinations: Destinations | None = None,
    ) -> None:
        self.destinations = destinations or NOBODY
        self.session = session
        self._now = now
        self._last: list[Callable[[AsyncConnection], Awaitable[None]]] = []
        self._then: list[Callable[[], None]] = []

    @property
    def now(self) -> datetime:
        """When this transaction began; a reading one does not ask for the time."""
        if self._now is None:
            raise RuntimeError("a reading transaction has no time")
        return self._now

    def before_commit(self, action: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        """Run `action` when all else is written: for what others wait for until this commits."""
        self._last.append(action)

    async def finish(self, connection: AsyncConnection) -> None:
        for action in self._last:
            await action(connection)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` when, and only when, this transaction has committed."""
        self._then.append(action)

    def committed(self) -> None:
        for action in self._then:
            action()

    async def driver_connection(self) -> Any:
        """The driver's own connection, for a library that is to write in this transaction."""
        connection = await self.session.connection()
        return (await connection.get_raw_connection()).driver_connection

    @property
    def on_postgres(self) -> bool:
        """Where one database serves many processes."""
        return self.session.get_bind().dialect.name == "postgresql"

    async def exclusively(self, *words: str) -> None:
        """Nobody else passes here with the same words until this transaction ends.

        For what no row stands for yet. SQLite's writers take turns anyway.
        """
        if self.on_postgres:
            await self.session.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(*words)}
            )

    async def alone(self, *words: str) -> bool:
        """Whether nobody else is here with the same words, without waiting; see `exclusively`."""
        if not self.on_postgres:
            return True
        query = text("SELECT pg_try_advisory_xact_lock(:key)")
        return bool(await self.session.scalar(query, {"key": lock_key(*words)}))


def lock_key(*words: str) -> int:
    """A number for Postgres' advisory locks: the same for the same words, 64 bits, signed."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


@contextmanager
def translated() -> Iterator[None]:
    """A database that is away is `StoreUnavailable`; other faults stay what they are."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StoreUnavailable("The database does not answer.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("The database went away.") from error
        raise
