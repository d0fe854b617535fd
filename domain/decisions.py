"""A person's answer to an interrupt, and what makes it one."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.edits import PlanEdit
from domain.errors import Invalid
from domain.terms import Terms


class DecisionKind(StrEnum):
    """The first three answer a plan, `answer` a question in words, those after it an escalation.

    Nobody sends `expire`: it stands when nobody has answered in time.
    """

    APPROVE = "approve"
    DENY = "deny"
    EDIT = "edit"
    EXPIRE = "expire"
    RETRY = "retry"
    SKIP = "skip"
    ABORT = "abort"
    ROLLBACK = "rollback"
    ANSWER = "answer"


class RequestKind(StrEnum):
    """What a person is asked."""

    APPROVAL = "approval"
    ESCALATION = "escalation"
    CLARIFICATION = "clarification"


ANSWERS: dict[RequestKind, tuple[DecisionKind, ...]] = {
    RequestKind.APPROVAL: (DecisionKind.APPROVE, DecisionKind.DENY, DecisionKind.EDIT),
    RequestKind.ESCALATION: (
        DecisionKind.RETRY,
        DecisionKind.SKIP,
        DecisionKind.ABORT,
        DecisionKind.ROLLBACK,
    ),
    RequestKind.CLARIFICATION: (DecisionKind.ANSWER,),
}


class OpenRequest(BaseModel):
    """The question a run is parked on; `request_id` is ours and stable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: str
    kind: RequestKind
    allowed: tuple[DecisionKind, ...]
    description: str
    digest: str | None = None
    systems: tuple[str, ...] = ()
    terms: Terms = Terms()


class Answer(BaseModel):
    """What the person said, before it is a recorded decision.

    `systems` are those it is about: an approval of some of them leaves out the others. `text`
    answers a question in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: DecisionKind
    reason: str | None = None
    systems: tuple[str, ...] = ()
    digest: str | None = None
    edit: PlanEdit | None = None
    text: str | None = None


class Decision(Answer):
    """A recorded answer: one row, first valid one wins.

    `others` have approved before, where several must.
    """

    request_id: str
    responder: str
    door: str
    decided_at: datetime
    others: tuple[str, ...] = ()

    def as_winner(self) -> dict[str, str | None]:
        """What the losers of the race are told."""
        return {
            "decision": self.kind.value,
            "responder": self.responder,
            "door": self.door,
            "decided_at": self.decided_at.isoformat(),
        }


_IN_PART = (DecisionKind.APPROVE, DecisionKind.RETRY, DecisionKind.SKIP)


def check_answer(answer: Answer, request: OpenRequest) -> Answer:
    """The answer as it applies to `request`, or `Invalid`.

    UIs that know approvals only send words alike, whether they answer or deny.
    """
    if answer.kind is DecisionKind.DENY and answer.text is not None:
        if request.kind is RequestKind.CLARIFICATION:
            answer = Answer(kind=DecisionKind.ANSWER, text=answer.text)
        else:
            answer = answer.model_copy(update={"text": None})
    if answer.kind not in request.allowed:
        allowed = ", ".join(request.allowed)
        raise Invalid(
            f"'{answer.kind}' does not answer this request.",
            field="decision",
            advice=f"Answer with one of: {allowed}.",
        )
    if answer.kind is DecisionKind.SKIP and not answer.reason:
        raise Invalid("Skipping needs a reason.", field="reason", advice="Say why; it is reported.")
    if (answer.text is None) is (answer.kind is DecisionKind.ANSWER):
        raise Invalid("answer is for a question in words, and only for one.", field="answer")
    if (answer.edit is None) is (answer.kind is DecisionKind.EDIT):
        raise Invalid(
            "edit says what to change when the decision is 'edit', and only then.", field="edit"
        )
    if answer.systems and set(answer.systems) != set(request.systems):
        strangers = [name for name in answer.systems if name not in request.systems]
        if strangers or answer.kind not in _IN_PART:
            raise Invalid(
                "systems must name systems of this request, to approve, retry or skip them.",
                field="systems",
                advice="This request is about: " + (", ".join(request.systems) or "none") + ".",
            )
        return answer
    return answer.model_copy(update={"systems": request.systems})
