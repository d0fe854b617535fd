"""Proposals of the supervisor: shown, answered by the person who was shown them, carried out once.

A yes names the digest of what was shown, in the thread it was shown in. It is kept before anything
is done; then each action and its outcome are one transaction, so that whoever goes on after a crash
does the rest and nothing twice.
"""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import ValidationError

from domain.canonical import digest
from domain.chats import Action, Proposal
from domain.decisions import Answer, DecisionKind
from domain.errors import IllegalMove, NotFound, RequestError
from domain.ids import new_id
from domain.launches import LaunchRequest
from domain.proposals import Outcome, ProposalState, Settled
from domain.scopes import Scope
from reasoning.rules.consent import is_no, is_yes
from server.lifecycle import audit, decisions, launches
from server.lifecycle.service import Actor, Service, check_version
from server.store import log, proposals
from server.store.proposals import Standing
from server.store.transactions import Transaction

DOOR = "chat"
LIFE = timedelta(hours=1)
_NEEDS = {"launch": Scope.OPERATOR, "retry": Scope.APPROVER}
_OVER = {
    ProposalState.SUPERSEDED: "This proposal was replaced by what was said after it.",
    ProposalState.DISMISSED: "This proposal was dismissed.",
}


async def propose(service: Service, thread_id: str, actions: Sequence[Action]) -> Proposal:
    """Keep what is about to be shown; it takes the place of any other in this thread."""
    shown = [action.model_dump(mode="json") for action in actions]
    async with service.database.write() as tx:
        proposal = Proposal(
            digest=digest([thread_id, new_id("proposal"), shown])[:32],
            actions=tuple(actions),
            expires_at=tx.now + LIFE,
        )
        await proposals.add(tx, thread_id, proposal)
    return proposal


async def waiting(service: Service, thread_id: str) -> Proposal | None:
    """What waits for a yes in this thread."""
    async with service.database.write() as tx:
        return await proposals.opened(tx, thread_id, at=tx.now)


async def settle(
    service: Service, thread_id: str, text: str, shown: str | None, actor: Actor
) -> Settled | None:
    """What a yes or a no means for the proposal that was `shown`; None when this is neither.

    Anything else that is said replaces what is open. A yes that does not say what was shown gets
    the proposal to look at. `NotFound` for one that this thread does not have, `IllegalMove` for
    one that is over, `NotAllowed` without the rights that its actions need.
    """
    yes, no = is_yes(text), is_no(text)
    async with service.database.write() as tx:
        if not (yes or no):
            await proposals.supersede(tx, thread_id)
            return None
        if shown is None:
            unseen = await proposals.opened(tx, thread_id, at=tx.now)
            return Settled(unseen, ProposalState.OPEN) if unseen else None
        found = await proposals.find(tx, thread_id, shown)
        if found is None:
            raise NotFound("This chat has no such proposal.", advice="Say again what is wanted.")
        state = await (_confirmed if yes else _dismissed)(tx, found, actor)
        return Settled(found.proposal, state)


async def carry_out(service: Service, shown: str | None = None) -> bool:
    """Do the next action of a confirmed proposal, of `shown` or of any; False when none is left.

    `Overloaded` when there is no room for a launch now; it stays to be done.
    """
    async with service.intake.place(), service.database.write() as tx:
        found = await proposals.unfinished(tx, shown)
        if found is None or found.decided_by is None:
            return False
        action = found.proposal.actions[len(found.outcomes)]
        actor = Actor.restored(found.decided_by, DOOR)
        try:
            async with tx.session.begin_nested():  # a refusal half-way leaves nothing behind
                outcome = Outcome(run_id=await _do(service, tx, action, actor))
        except RequestError as error:
            outcome = Outcome(problem=f"{error.message} {error.advice}")
        except ValidationError:  # of an earlier release, whose words this one takes otherwise
            outcome = Outcome(problem="It cannot be done as it was proposed.")
        await proposals.done(tx, found, outcome)
    return True


async def outcomes(service: Service, thread_id: str, shown: str) -> tuple[Outcome, ...]:
    """What has come of the first actions of a proposal until now."""
    async with service.database.write() as tx:
        found = await proposals.find(tx, thread_id, shown)
    return found.outcomes if found else ()


async def _confirmed(tx: Transaction, found: Standing, actor: Actor) -> ProposalState:
    if found.state in (ProposalState.CONFIRMED, ProposalState.DONE):
        return found.state  # said twice is said once
    _check_open(found)
    if found.proposal.expires_at <= tx.now:
        raise IllegalMove(
            f"The time to confirm this was over at {found.proposal.expires_at.isoformat()}.",
            advice="Say again what is wanted.",
        )
    for action in found.proposal.actions:
        actor.require(_NEEDS[action.tool])
    await proposals.move(tx, found.proposal.digest, ProposalState.CONFIRMED, by=actor.kept())
    audit.note(
        tx,
        actor,
        "chat.confirm",
        found.proposal.digest,
        tools=[action.tool for action in found.proposal.actions],
    )
    return ProposalState.CONFIRMED


async def _dismissed(tx: Transaction, found: Standing, actor: Actor) -> ProposalState:
    if found.state is not ProposalState.DISMISSED:
        _check_open(found)
        await proposals.move(tx, found.proposal.digest, ProposalState.DISMISSED)
    return ProposalState.DISMISSED


def _check_open(found: Standing) -> None:
    if found.state is not ProposalState.OPEN:
        raise IllegalMove(
            _OVER.get(found.state, "This proposal was confirmed already."),
            advice="Say again what is wanted.",
        )


async def _do(service: Service, tx: Transaction, action: Action, actor: Actor) -> str:
    """The id of the run that was launched, or in which systems are tried again."""
    given = action.arguments
    if action.tool == "launch":
        request = LaunchRequest.model_validate(given, strict=False)
        return (await launches.enter(service, tx, request, actor)).run.run_id
    actor.require(Scope.APPROVER)
    run = await log.load(tx, given["run_id"], tenant=actor.tenant, for_update=True)
    check_version(run, given["version"])  # what failed is what was shown
    answer = Answer(kind=DecisionKind.RETRY, systems=tuple(given["systems"]))
    return (await decisions.record(service, tx, run, answer, actor)).run_id
