"""A proposal that was answered: carried out as far as it goes now, and told in words."""

from collections.abc import Sequence

from domain.chats import Action, ToolAnswered, TurnAnswered
from domain.errors import Overloaded
from domain.proposals import Outcome, ProposalState, Settled
from reasoning.supervisor_words import ASK, answered
from server.lifecycle import proposals, reads
from server.lifecycle.service import Actor, Service
from server.supervisor import facts, proposing
from server.supervisor.facts import Json

DISMISSED = "Nothing was done of what I proposed."
_LATER = {
    "error": "overloaded",
    "message": "There is no room for this just now.",
    "advice": "It is confirmed and follows by itself.",
}


async def answers(
    service: Service, thread_id: str, actor: Actor, settled: Settled
) -> list[ToolAnswered]:
    """What came of each action; nothing unless the proposal is confirmed.

    Where a launch finds no room, the rest is left to whoever feeds batches.
    """
    proposal, state = settled
    if state not in (ProposalState.CONFIRMED, ProposalState.DONE):
        return []
    try:
        while await proposals.carry_out(service, proposal.digest):
            pass
    except Overloaded:
        pass
    found = await proposals.outcomes(service, thread_id, proposal.digest)
    left = [None] * (len(proposal.actions) - len(found))
    return [
        await _answer(service, actor, f"{proposal.digest}_{number}", action, outcome)
        for number, (action, outcome) in enumerate(
            zip(proposal.actions, [*found, *left], strict=True)
        )
    ]


def worded(found: Sequence[ToolAnswered], settled: Settled) -> TurnAnswered:
    """The end of the turn."""
    if settled.state is ProposalState.DISMISSED:
        return TurnAnswered(text=DISMISSED)
    if settled.state is ProposalState.OPEN:
        return TurnAnswered(
            text="\n".join([*(action.words for action in settled.proposal.actions), ASK])
        )
    return TurnAnswered(
        text="\n".join(answered(each.tool, each.result) for each in found),
        launched=tuple(each.result["run_id"] for each in found if each.result.get("launched")),
    )


async def _answer(
    service: Service, actor: Actor, call_id: str, action: Action, outcome: Outcome | None
) -> ToolAnswered:
    result: Json = _LATER
    if outcome is not None and outcome.problem is not None:
        result = {"error": "refused", "message": f"{action.words} {outcome.problem}"}
    elif outcome is not None and outcome.run_id is not None:
        run = await reads.get_run(service, outcome.run_id, tenant=actor.tenant)
        did: Json = {"launched": True}
        if action.tool == "retry":
            did = {"retried": proposing.listed(action.arguments["systems"])}
        result = facts.full(run) | did
    ok = outcome is None or outcome.problem is None
    return ToolAnswered(call_id=call_id, tool=action.tool, ok=ok, result=result)
