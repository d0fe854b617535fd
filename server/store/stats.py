"""How the work stands, in numbers; for readiness, back-pressure, metrics and `agentos doctor`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, text

from domain.status import TERMINAL, RunStatus
from server.store.claims import due_condition
from server.store.tables import RunRow
from server.store.transactions import Transaction

_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers"
    " WHERE last_heartbeat > now() - interval '30 seconds'"
)
_JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")


@dataclass(frozen=True)
class Stats:
    """`due` runs wait for a worker, the oldest since `oldest_due_seconds`; `later` have a time.

    `failing` runs were given up by their worker at least twice in a row. `foreign` ones are due but
    of a graph version that no worker of this release executes. `workers` and `jobs` are those of
    the queue, None in SQLite mode.
    """

    executing: int
    due: int
    oldest_due_seconds: float
    later: int
    failing: int
    foreign: int
    workers: int | None = None
    jobs: int | None = None


async def load(tx: Transaction, graph_versions: Collection[str]) -> Stats:
    """The numbers now; needs a transaction that knows the time."""
    due = due_condition(tx)
    counted = select(
        func.count().filter(RunRow.owner.is_not(None)),
        func.count().filter(due),
        func.min(RunRow.wake_at).filter(due),
        func.count().filter(RunRow.owner.is_(None), RunRow.wake_at > tx.now),
        func.count().filter(RunRow.failures >= 2),
        func.count().filter(and_(due, RunRow.graph_version.not_in(graph_versions))),
    ).where(RunRow.wake_at.is_not(None) | RunRow.owner.is_not(None))
    executing, waiting, oldest, later, failing, foreign = (await tx.session.execute(counted)).one()
    workers = jobs = None
    if tx.on_postgres:
        workers = await tx.session.scalar(_WORKERS)
        jobs = await tx.session.scalar(_JOBS)
    return Stats(executing, waiting, _age(tx, oldest), later, failing, foreign, workers, jobs)


async def by_status(tx: Transaction) -> dict[RunStatus, int]:
    """How many runs have not ended; those that have are too many to count."""
    alive = [status for status in RunStatus if status not in TERMINAL]
    query = select(RunRow.status, func.count()).where(RunRow.status.in_(alive))
    counted = {
        RunStatus(status): count
        for status, count in await tx.session.execute(query.group_by(RunRow.status))
    }
    return {status: counted.get(status, 0) for status in alive}


def _age(tx: Transaction, since: datetime | None) -> float:
    return max((tx.now - since).total_seconds(), 0.0) if since else 0.0
