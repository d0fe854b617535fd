"""How the work stands, for whoever keeps an eye on the service."""

from typing import NamedTuple

from domain.status import RunStatus
from server.lifecycle.service import Service
from server.store import stats
from server.store.stats import Stats


class Figures(NamedTuple):
    """The queue, and the runs that have not ended by their status."""

    queue: Stats
    runs: dict[RunStatus, int]


async def figures(service: Service) -> Figures:
    """The same from every process, since they are read from the database."""
    async with service.database.write() as tx:  # a reading one does not know the time
        queue = await stats.load(tx, (service.graph_version,))
        return Figures(queue, await stats.by_status(tx))
