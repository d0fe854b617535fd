"""The ports of one claimed run: its event log and its gate."""

from collections.abc import Mapping
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
        (stands,) = await self.emit_all({key: event})
        return stands

    async def emit_all(self, events: Mapping[str, WorkflowEvent]) -> list[WorkflowEvent]:
        """Committed together when it returns."""
        if not events:
            return []
        async with self.service.database.write() as tx:
            _, stand = await log.append_all(tx, self.run_id, events, actor=ACTOR, fence=self.fence)
            self.service.changed(tx, self.run_id)
        return stand


@dataclass(frozen=True)
class RunGate:
    """Reads the decision row itself; see `domain.ports.Gate`."""

    service: Service
    run_id: str

    async def approved_digest(self) -> str | None:
        """What a person approved for this run."""
        async with self.service.database.read() as tx:
            return await decisions.approved_digest(tx, self.run_id)
