"""The ports of one claimed run: its event log, its gate and its ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.events import WorkflowEvent
from domain.ports import NodeContext, Words
from domain.runs import RunState
from server.lifecycle.service import Service
from server.store import decisions, log
from server.store.effects import RunLedger
from server.worker.desk import RunDesk

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

    async def approved_digest(self, system: str) -> str | None:
        """What a person approved for this system of the run."""
        async with self.service.database.read() as tx:
            approval = await decisions.approval(tx, self.run_id)
        return approval.digest if approval and system in approval.systems else None


def ports(
    service: Service, run: RunState, journal: RunJournal, *, halted: Callable[[], None]
) -> NodeContext:
    """What the nodes work with; `halted` is told when an effect finds that the run is to stop."""
    ledger = RunLedger(
        service.database,
        run.run_id,
        run.company.company_id,
        journal.fence,
        actor=ACTOR,
        changed=service.changed,
        halted=halted,
    )
    gate = RunGate(service, run.run_id)
    return NodeContext(
        systems=service.systems,
        ledger=ledger,
        gate=gate,
        journal=journal,
        contacts=run.company.contacts,
        words=_words(run),
        tokens_used=run.tokens_used,
        desk=RunDesk(service, run),
        newsletter_only=frozenset(run.reading.newsletter_only if run.reading else ()),
        notes=run.reading.notes if run.reading else (),
    )


def _words(run: RunState) -> Words | None:
    """The request, as long as something is open about it."""
    read = run.reading is not None and run.reading.question is None
    if not run.request.request or read or run.plan is not None:
        return None
    return Words(run.run_id, run.request, run.clarifications, run.tokens_used, run.reading)
