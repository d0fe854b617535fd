"""The ports of one claimed run: its event log and its gate."""

from dataclasses import dataclass

from domain.events import WorkflowEvent
from server.lifecycle.service import Service
from server.store import decisions, log

ACTOR = "agentos"


@dataclass(frozen=True)
class RunJournal:
    """Appends under the fencing token and rings the bell; see `domain.ports.Journal`."""

    service: Service
    run_id: str
    fence: int

    async def emit(self, event: WorkflowEvent, *, key: str) -> WorkflowEvent:
        """Committed when it returns."""
        async with self.service.database.write() as tx:
            _, stands = await log.append(
                tx, self.run_id, event, key=key, actor=ACTOR, fence=self.fence
            )
            self.service.changed(tx, self.run_id)
        return stands


@dataclass(frozen=True)
class RunGate:
    """Reads the decision row itself; see `domain.ports.Gate`."""

    service: Service
    run_id: str

    async def approved_digest(self) -> str | None:
        """What a person approved for this run."""
        async with self.service.database.read() as tx:
            return await decisions.approved_digest(tx, self.run_id)
