"""What happens when nobody answers: reminders, others who may answer too, and an end."""

from datetime import datetime
from typing import NamedTuple

from domain.decisions import Decision, DecisionKind, OpenRequest
from domain.events import RequestHandedOver, RequestReminded
from domain.runs import RunState
from domain.waits import Due, Waiting
from server.lifecycle import decisions
from server.lifecycle.service import Actor, Service
from server.store import log, runs
from server.store.transactions import Transaction

DEADLINE = "deadline"


class Fired(NamedTuple):
    """`decided`: the question is closed. Else it is to be looked at again at `next_at`."""

    decided: bool
    next_at: datetime | None


async def fire(service: Service, run_id: str, fence: int) -> Fired:
    """Do all that is due by the store's time; the row of the run decides every race."""
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=None, for_update=True)
        while run.open_request is not None and run.waiting is not None:
            timer = run.waiting.next(run.open_request.terms)
            if timer is None or timer.at > tx.now:
                return Fired(decided=False, next_at=timer.at if timer else None)
            if timer.due is Due.EXPIRY:
                await _expire(service, tx, run, run.open_request, fence)
                return Fired(decided=True, next_at=None)
            key, event = _news(timer.due, run.open_request, run.waiting)
            run, _ = await log.append(tx, run_id, event, key=key, actor=DEADLINE, fence=fence)
            service.changed(tx, run_id)
    return Fired(decided=run.open_request is None, next_at=None)


def _news(
    due: Due, request: OpenRequest, waiting: Waiting
) -> tuple[str, RequestReminded | RequestHandedOver]:
    if due is Due.REMINDER:
        number = waiting.reminders + 1
        reminded = RequestReminded(
            request_id=request.request_id, number=number, to=request.terms.approvers
        )
        return f"reminder/{request.request_id}/{number}", reminded
    number = waiting.handovers + 1
    steps = sorted(request.terms.escalate, key=lambda step: step.after_seconds)
    handed = RequestHandedOver(
        request_id=request.request_id, number=number, to=steps[number - 1].to
    )
    return f"handover/{request.request_id}/{number}", handed


async def _expire(
    service: Service, tx: Transaction, run: RunState, request: OpenRequest, fence: int
) -> None:
    decision = Decision(
        kind=DecisionKind(request.terms.at_expiry),
        reason="Nobody decided in time.",
        systems=request.systems,
        digest=request.digest,
        request_id=request.request_id,
        responder=DEADLINE,
        door=DEADLINE,
        decided_at=tx.now,
    )
    actor = Actor(DEADLINE, DEADLINE, tenant=await runs.tenant(tx, run.run_id))
    await decisions.conclude(service, tx, run, decision, actor, fence=fence)
