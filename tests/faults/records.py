"""What the database holds, read with its driver alone, so that a fault of ours hides nothing."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from server.store.dsn import conninfo


def database_url(address: str | None) -> str:
    """The DATABASE_URL for a libpq address; empty for SQLite."""
    if address is None:
        return ""
    return f"postgresql:///?{urlencode(conninfo_to_dict(address), quote_via=quote)}"


@dataclass(frozen=True)
class Records:
    """The service's tables: in SQLite in `folder`, or wherever `database` says."""

    folder: Path
    database: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query that only reads."""
        if not self.database:
            file = f"file:{self.folder / 'agentos.db'}?mode=ro"
            with closing(sqlite3.connect(file, uri=True)) as store:
                return store.execute(query).fetchall()
        with psycopg.connect(conninfo(self.database), autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def statuses(self) -> dict[str, str]:
        """The status of every run by its idempotency key."""
        return dict(self.rows("SELECT idempotency_key, status FROM runs"))
