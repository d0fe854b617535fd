"""What the service needs of a database; SQLite and Postgres both give it."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from server.store.destinations import Destinations
from server.store.transactions import Transaction


class Database(Protocol):
    """Connections and transactions. `StoreUnavailable` from any of them when it is away."""

    destinations: Destinations
    """Who is told of the events that are written here."""

    async def open(self, *, upgrade: bool = True) -> None:
        """Take it into use and bring its tables up to date; `BadSetting` if that cannot be."""
        ...

    async def versions(self) -> tuple[str | None, str | None]:
        """The version of its tables, None where there are none, and the one wanted."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that commits at the end and rolls back on any exception."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A view; nothing written in it is kept."""
        ...

    async def ping(self) -> str:
        """`ok`, or an exception."""
        ...
