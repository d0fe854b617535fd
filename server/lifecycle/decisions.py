"""Deciding: one question, one row, the first valid answer wins, whichever door it came through."""

from typing import NamedTuple

from domain.decisions import Answer, Decision, DecisionKind, OpenRequest, check_answer
from domain.errors import AlreadyDecided, IllegalMove, StalePlan
from domain.events import DecisionRecorded, RunResumed
from domain.names import clean_name
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.lifecycle import audit
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
    `StalePlan` the plan that is open now; nothing is changed by either. `Replayed` when the signed
    `message` that brought it was acted on before.
    """
    actor.require(Scope.APPROVER)
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
    """Insert the decision and its event, and wake the run; within the caller's transaction."""
    request = _open(run)
    if answer.digest is not None and answer.digest != request.digest:
        raise StalePlan(
            "The decision is about another plan than the one that is open.",
            current_digest=request.digest or "",
        )
    checked = check_answer(answer, request)
    decision = Decision(
        **checked.model_dump(exclude={"digest"}),
        digest=request.digest,
        request_id=request.request_id,
        responder=clean_name(actor.name, "responder"),
        door=actor.door,
        decided_at=tx.now,
    )
    await decisions.record(tx, run.run_id, decision)
    key = f"decision/{request.request_id}"
    event = DecisionRecorded(decision=decision)
    after, _ = await log.append(tx, run.run_id, event, key=key, actor=decision.responder)
    audit.note(
        tx,
        actor,
        f"decision.{decision.kind}",
        run.run_id,
        request_id=decision.request_id,
        digest=decision.digest,
        systems=list(decision.systems),
    )
    await service.engine.wake(tx, run.run_id, priority=1)
    service.changed(tx, run.run_id)
    return after


def _open(run: RunState) -> OpenRequest:
    if run.status is RunStatus.PAUSED:
        raise IllegalMove("The run is paused.", advice="Resume it, then decide.")
    if run.open_request is None:
        raise IllegalMove(
            f"The run is {run.status} and waits for no decision.",
            advice="Wait until it is awaiting_approval or escalated.",
        )
    return run.open_request


async def _settled(tx: Transaction, run: RunState, answer: Answer, actor: Actor) -> Decided | None:
    """A repeat of the winner is welcome; anything else after a decision has lost."""
    if run.open_request is not None and answer.kind in run.open_request.allowed:
        return None
    winner = await _rival(tx, run, answer)
    if winner is None:
        return None
    same = winner.kind is answer.kind and winner.responder == clean_name(actor.name, "responder")
    meant = not answer.systems or set(answer.systems) == set(winner.systems)
    if same and meant and answer.digest in (None, winner.digest):
        return Decided(run, replayed=True)
    raise AlreadyDecided(
        f"{winner.responder} decided '{winner.kind}' first.", winner=winner.as_winner()
    )


async def _rival(tx: Transaction, run: RunState, answer: Answer) -> Decision | None:
    """The decision that this answer competes with: the approval's, or the latest one."""
    if answer.kind in (DecisionKind.APPROVE, DecisionKind.DENY):
        return next(
            (d for d in run.decisions if d.kind in (DecisionKind.APPROVE, DecisionKind.DENY)), None
        )
    return await decisions.latest(tx, run.run_id)
