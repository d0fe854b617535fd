"""Asking: a question is made visible under its terms, or the policy answers it by itself."""

from collections.abc import Callable, Mapping

from domain.decisions import Decision, DecisionKind, OpenRequest, RequestKind
from domain.events import (
    ApprovalRequested,
    ClarificationRequested,
    EscalationRequested,
    WorkflowEvent,
)
from domain.names import visible
from domain.runs import RunState
from domain.terms import Terms
from server.lifecycle import decisions
from server.lifecycle.service import Actor, Service
from server.store import log, runs

ACTOR = "agentos"
_EVENTS: Mapping[RequestKind, Callable[..., WorkflowEvent]] = {
    RequestKind.APPROVAL: ApprovalRequested,
    RequestKind.ESCALATION: EscalationRequested,
    RequestKind.CLARIFICATION: ClarificationRequested,
}
POLICY = "policy"


async def ask(service: Service, run_id: str, question: OpenRequest, fence: int) -> bool:
    """Put the question, unless it is open already; True when it needs nobody.

    A worker asks once the checkpoint of the question is stored; then the run is parked.
    """
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=None, for_update=True)
        if run.open_request is not None:
            return False
        request = question.model_copy(update=_in_full(service, run, question))
        event, key = _EVENTS[request.kind](request=request), f"asked/{request.request_id}"
        run, _ = await log.append(tx, run_id, event, key=key, actor=ACTOR, fence=fence)
        service.changed(tx, run_id)
        if request.terms.approvals > 0:
            return False
        answer = Decision(
            kind=DecisionKind.APPROVE,
            reason=f"The rule '{request.terms.rule}' asks nobody.",
            systems=request.systems,
            digest=request.digest,
            request_id=request.request_id,
            responder=POLICY,
            door=POLICY,
            decided_at=tx.now,
        )
        actor = Actor(POLICY, POLICY, tenant=await runs.tenant(tx, run_id))
        await decisions.conclude(service, tx, run, answer, actor, fence=fence)
    return True


def _in_full(service: Service, run: RunState, question: OpenRequest) -> dict[str, object]:
    """Who is to answer; and of a request in words the question itself, which may name people."""
    asked = run.reading.question if run.reading else None
    if question.kind is RequestKind.CLARIFICATION and asked:
        return {"terms": Terms(), "description": visible(asked)}
    return {"terms": terms(service, run, question)}


def terms(service: Service, run: RunState, question: OpenRequest) -> Terms:
    """What the policy says of this question.

    A plan that is not the one in the log is never approved by the policy itself.
    """
    if question.kind is RequestKind.ESCALATION:
        return service.policy.escalation
    if run.plan is None or run.plan.digest != question.digest:
        return Terms()
    return service.policy.for_plan(run.plan, run.request.deadline_seconds)
