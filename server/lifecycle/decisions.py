"""Deciding: one question, one row, the first valid answer wins, whichever door it came through."""

from typing import NamedTuple

from domain.decisions import (
    ANSWERS,
    Answer,
    Decision,
    DecisionKind,
    OpenRequest,
    RequestKind,
    check_answer,
)
from domain.errors import AlreadyDecided, IllegalMove, StalePlan
from domain.events import DecisionRecorded, PlanEdited, RunResumed, WorkflowEvent
from domain.names import clean_name
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.lifecycle import approvals, audit, edits
from server.lifecycle.messages import Message, once
from server.lifecycle.service import Actor, Service, check_version
from server.store import decisions, log
from server.store.transactions import Transaction


class Decided(NamedTuple):
    """The run after the decision; `replayed` when this responder had already decided so."""

    run: RunState
    replayed: bool


async def decide(
    service: Service,
    run_id: str,
    answer: Answer,
    actor: Actor,
    *,
    if_version: int | None = None,
    resuming: bool = False,
    message: Message | None = None,
) -> Decided:
    """Record the answer to the open question; `resuming` goes on with a paused run to do so.

    The winner is bound to the digest of the plan that is open. `AlreadyDecided` names the winner,
    `StalePlan` the plan that is open now; nothing is changed by either. Who may launch may also
    answer what a launch is asked. `Replayed` when the signed
    `message` that brought it was acted on before.
    """
    answers = answer.kind is DecisionKind.ANSWER
    actor.require(Scope.OPERATOR if answers else Scope.APPROVER)
    async with service.database.write() as tx:
        if message is not None:
            await once(tx, message)
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        replay = await _settled(tx, run, answer, actor)
        if replay:
            return replay
        check_version(run, if_version)
        if resuming and run.status is RunStatus.PAUSED:
            key = f"resume/{run.version + 1}"
            run, _ = await log.append(tx, run_id, RunResumed(), key=key, actor=actor.name)
            audit.note(tx, actor, "run.resume", run_id)
        return Decided(await record(service, tx, run, answer, actor), replayed=False)


async def record(
    service: Service, tx: Transaction, run: RunState, answer: Answer, actor: Actor
) -> RunState:
    """The answer as a decision, or as one of the approvals that are needed for it."""
    request = _open(run, tx)
    if answer.digest is not None and answer.digest != request.digest:
        raise StalePlan(
            "The decision is about another plan than the one that is open.",
            current_digest=request.digest or "",
        )
    checked = check_answer(answer, request)
    approvals.permit(service, run, request, checked.kind, actor)
    decision = Decision(
        **checked.model_dump(exclude={"digest"}),
        digest=request.digest,
        request_id=request.request_id,
        responder=clean_name(actor.name, "responder"),
        door=actor.door,
        decided_at=tx.now,
    )
    if checked.kind is DecisionKind.APPROVE:
        settled = approvals.together(run, request, decision)
        if settled is None:
            return await approvals.give(service, tx, run, decision, actor)
        decision = settled
    return await conclude(service, tx, run, decision, actor)


async def conclude(
    service: Service,
    tx: Transaction,
    run: RunState,
    decision: Decision,
    actor: Actor,
    *,
    fence: int | None = None,
) -> RunState:
    """Insert the decision and its events, and wake the run; within the caller's transaction."""
    await decisions.record(tx, run.run_id, decision)
    events: dict[str, WorkflowEvent] = {
        f"decision/{decision.request_id}": DecisionRecorded(decision=decision)
    }
    if decision.edit is not None:
        new = await edits.settled(service, tx, run, decision.edit)
        edited = PlanEdited(company=new.company, systems=new.systems)
        events[f"edit/{decision.request_id}"] = edited
    after, _ = await log.append_all(tx, run.run_id, events, actor=decision.responder, fence=fence)
    audit.note(
        tx,
        actor,
        f"decision.{decision.kind}",
        run.run_id,
        request_id=decision.request_id,
        digest=decision.digest,
        systems=list(decision.systems),
        **({"edited": decision.edit.names} if decision.edit else {}),
        **({"others": list(decision.others)} if decision.others else {}),
    )
    if fence is None:  # else it is the run's own worker, which goes on with it
        await service.engine.wake(tx, run.run_id, priority=1)
    service.changed(tx, run.run_id)
    return after


def _open(run: RunState, tx: Transaction) -> OpenRequest:
    if run.status is RunStatus.PAUSED:
        raise IllegalMove("The run is paused.", advice="Resume it, then decide.")
    if run.open_request is None:
        raise IllegalMove(
            f"The run is {run.status} and waits for no decision.",
            advice="Wait until it is awaiting_approval, escalated or needs_clarification.",
        )
    if run.expires_at is not None and run.expires_at <= tx.now:
        raise IllegalMove(
            f"The time to decide was over at {run.expires_at.isoformat()}.",
            advice="Launch the company again, or fork the run.",
        )
    return run.open_request


async def _settled(tx: Transaction, run: RunState, answer: Answer, actor: Actor) -> Decided | None:
    """A repeat of the winner is welcome; anything else after a decision has lost."""
    request = run.open_request
    if run.waiting and any(_repeats(answer, actor, given) for given in run.waiting.approvals):
        return Decided(run, replayed=True)
    contested = request is not None and answer.kind in request.allowed
    if contested and answer.kind is not DecisionKind.EDIT:
        return None
    winner = await _rival(tx, run, answer)
    if winner is None:
        return None
    if _repeats(answer, actor, winner):
        return Decided(run, replayed=True)
    if contested:
        return None
    raise AlreadyDecided(
        f"{winner.responder} decided '{winner.kind}' first.", winner=winner.as_winner()
    )


def _repeats(answer: Answer, actor: Actor, winner: Decision) -> bool:
    same = winner.kind is answer.kind and winner.responder == clean_name(actor.name, "responder")
    meant = not answer.systems or set(answer.systems) == set(winner.systems)
    said = answer.text if answer.kind is DecisionKind.ANSWER else None
    alike = answer.edit == winner.edit and said == winner.text
    return same and meant and answer.digest in (None, winner.digest) and alike


async def _rival(tx: Transaction, run: RunState, answer: Answer) -> Decision | None:
    """The decision that this answer competes with: one on the same plan, or the latest one."""
    if answer.kind not in ANSWERS[RequestKind.APPROVAL]:
        return await decisions.latest(tx, run.run_id)
    on_plans = [d for d in run.decisions if d.digest is not None]
    on_this = [d for d in on_plans if d.digest == answer.digest]
    return next(reversed(on_this or on_plans), None)
