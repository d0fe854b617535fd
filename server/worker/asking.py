"""Puts plans that wait for approval to people in Slack, and says there how it ended."""

from domain.errors import NotFound, SystemFault
from domain.events import ApprovalRequested, RecordedEvent
from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT
from server.store import asks, log
from server.store.database import Database
from server.store.outbox import Parcel
from server.worker.courier import Undelivered
from systems.slack.approvals import Approvals

EVENTS = frozenset(
    {
        "approval_requested",
        "decision_recorded",
        "plan_edited",
        "rollback_started",
        "run_cancelled",
        "run_expired",
        "run_failed",
    }
)
"""After these a question is open, or no longer."""


class Asking:
    """A message is posted once and follows the run: whatever the order in which events come, the
    last look at the run is newer than what ended its question."""

    name = "slack"

    def __init__(self, approvals: Approvals) -> None:
        self._approvals = approvals

    async def deliver(self, parcel: Parcel, recorded: RecordedEvent, database: Database) -> None:
        """See `Receiver`."""
        try:
            async with database.read() as tx:
                run = await log.load(tx, parcel.run_id, tenant=DEFAULT_TENANT)
            if isinstance(recorded.event, ApprovalRequested):
                await self._ask(parcel, recorded.event, run, database)
            await self._settle(parcel.run_id, database)
        except NotFound:
            return  # another tenant's, whom this channel does not belong to
        except SystemFault as fault:
            raise Undelivered(fault.message, after_seconds=fault.after_seconds) from None

    async def _ask(
        self, parcel: Parcel, event: ApprovalRequested, run: RunState, database: Database
    ) -> None:
        request = event.request
        place = None
        if parcel.tries > 1:  # the outcome of an earlier try is not known
            place = await self._approvals.find(request.request_id, parcel.put_at)
        if place is None:
            if not _is_open(run, request.request_id):
                return
            place = await self._approvals.ask(parcel.run_id, request)
        async with database.write() as tx:
            await asks.keep(tx, parcel.run_id, request.request_id, place, request.description)

    async def _settle(self, run_id: str, database: Database) -> None:
        async with database.read() as tx:
            standing = await asks.standing(tx, run_id)
            run = await log.load(tx, run_id, tenant=DEFAULT_TENANT)
        for ask in standing:
            if _is_open(run, ask.request_id):
                continue
            await self._approvals.settle(ask.place, ask.description, _outcome(run, ask.request_id))
            async with database.write() as tx:
                await asks.settle(tx, ask.request_id)


def _is_open(run: RunState, request_id: str) -> bool:
    return run.open_request is not None and run.open_request.request_id == request_id


def _outcome(run: RunState, request_id: str) -> str:
    for decision in run.decisions:
        if decision.request_id == request_id:
            return f"Decided: {decision.kind}, by {decision.responder} through {decision.door}."
    return f"No longer open: the run is {run.status}."
