"""Retrying or skipping one failed system: an answer to the escalation, for that system only."""

from domain.decisions import ANSWERS, Answer, DecisionKind, RequestKind
from domain.errors import IllegalMove, NotFound
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.lifecycle.decisions import decide
from server.lifecycle.reads import get_run
from server.lifecycle.service import Actor, Service


async def retry_step(
    service: Service, run_id: str, system: str, actor: Actor, *, if_version: int | None = None
) -> RunState:
    """Try one failed system again."""
    answer = Answer(kind=DecisionKind.RETRY, systems=(system,))
    return await _answer(service, run_id, system, answer, actor, if_version)


async def skip_step(
    service: Service,
    run_id: str,
    system: str,
    actor: Actor,
    *,
    reason: str,
    if_version: int | None = None,
) -> RunState:
    """Go on without one failed system; the reason is reported."""
    answer = Answer(kind=DecisionKind.SKIP, systems=(system,), reason=reason)
    return await _answer(service, run_id, system, answer, actor, if_version)


async def _answer(
    service: Service,
    run_id: str,
    system: str,
    answer: Answer,
    actor: Actor,
    if_version: int | None,
) -> RunState:
    actor.require(Scope.APPROVER)
    run = await get_run(service, run_id, tenant=actor.tenant)
    check_step(run, system)
    return (await decide(service, run_id, answer, actor, if_version=if_version)).run


def check_step(run: RunState, system: str) -> None:
    """`NotFound` for a system that the run does not have, `IllegalMove` while it asks nothing."""
    if system not in run.systems:
        raise NotFound("This run has no such system.", advice=f"It has {', '.join(run.systems)}.")
    answered = any(decision.kind in ANSWERS[RequestKind.ESCALATION] for decision in run.decisions)
    if run.status is not RunStatus.ESCALATED and not answered:
        raise IllegalMove(
            f"The run is {run.status}; a system can be retried or skipped when it is escalated.",
            advice="Wait until the run asks for help.",
        )
