"""What can be told of a Postgres database from outside: for `agentos doctor`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from server.store import stats
from server.store.database import Database
from server.store.stats import Stats

_ROOM = text(
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
    " current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
)


@dataclass(frozen=True)
class Examination:
    """`skew_seconds` is how far this machine's clock is ahead of the database's."""

    skew_seconds: float
    connections: int
    most_connections: int
    stats: Stats


async def examine(database: Database, graph_versions: Collection[str]) -> Examination:
    """The facts now; `StoreUnavailable` when the database is away."""
    async with database.write() as tx:
        before = datetime.now(UTC)
        there: datetime = (await tx.session.execute(text("SELECT clock_timestamp()"))).scalar_one()
        after = datetime.now(UTC)
        connections, most = (await tx.session.execute(_ROOM)).one()
        found = await stats.load(tx, graph_versions)
    here = before + (after - before) / 2
    return Examination((here - there).total_seconds(), connections, most, found)
