"""Who may answer a question, and what several who must approve have approved together."""

from domain.decisions import Decision, DecisionKind, OpenRequest
from domain.errors import Invalid, NotAllowed
from domain.events import ApprovalGiven
from domain.names import same_person
from domain.runs import RunState
from server.lifecycle import audit
from server.lifecycle.service import Actor, Service
from server.store import log
from server.store.transactions import Transaction


def permit(
    service: Service, run: RunState, request: OpenRequest, kind: DecisionKind, actor: Actor
) -> None:
    """`NotAllowed` for who may not answer so; asked in the transaction that records the answer.

    Under four eyes nobody approves what they launched or edited themselves.
    """
    terms = request.terms
    groups = actor.groups | service.policy.groups_of(actor.name)
    if not terms.approvers.include(actor.name, groups):
        raise NotAllowed(
            "This question is for others to answer.", advice=f"Ask one of: {terms.approvers}."
        )
    four_eyes = service.four_eyes if terms.four_eyes is None else terms.four_eyes
    if four_eyes and kind is DecisionKind.APPROVE and _wrote(run, actor):
        raise NotAllowed(
            "Who launched the run or edited its plan cannot approve it.",
            advice="Ask somebody else to approve, or deny or edit the plan.",
        )


def _wrote(run: RunState, actor: Actor) -> bool:
    return any(same_person(actor.name, author) for author in run.authors)


def together(run: RunState, request: OpenRequest, last: Decision) -> Decision | None:
    """The decision that this approval completes; None as long as more are needed.

    What all of them approved is approved: `Invalid` when that is no system at all.
    """
    given = run.waiting.approvals if run.waiting else ()
    earlier = [one for one in given if not same_person(one.responder, last.responder)]
    if len(earlier) + 1 < request.terms.approvals:
        return None
    systems = tuple(name for name in last.systems if all(name in one.systems for one in earlier))
    if not systems:
        raise Invalid(
            "No system was approved by all who must approve.",
            field="systems",
            advice="Approve systems that the others have approved, or deny the plan.",
        )
    others = tuple(one.responder for one in earlier)
    return last.model_copy(update={"systems": systems, "others": others})


async def give(
    service: Service, tx: Transaction, run: RunState, approval: Decision, actor: Actor
) -> RunState:
    """Keep one of several approvals; nobody is heard twice."""
    if run.waiting and any(
        same_person(one.responder, approval.responder) for one in run.waiting.approvals
    ):
        raise Invalid(
            "Your approval of this plan stands already; others must approve too.",
            field="systems",
            advice="Wait for the others, or deny the plan.",
        )
    event, number = ApprovalGiven(approval=approval), run.version + 1
    key = f"approval/{approval.request_id}/{number}"
    after, _ = await log.append(tx, run.run_id, event, key=key, actor=approval.responder)
    audit.note(
        tx,
        actor,
        "approval.given",
        run.run_id,
        request_id=approval.request_id,
        digest=approval.digest,
        systems=list(approval.systems),
    )
    service.changed(tx, run.run_id)
    return after
