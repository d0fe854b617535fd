"""A person's answer to an interrupt, whichever dialect and door it came through."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.errors import Invalid
from domain.names import clean_text


class DecisionKind(StrEnum):
    """The first two answer a plan, the others an escalation."""

    APPROVE = "approve"
    DENY = "deny"
    RETRY = "retry"
    SKIP = "skip"
    ABORT = "abort"
    ROLLBACK = "rollback"


class RequestKind(StrEnum):
    """What a person is asked."""

    APPROVAL = "approval"
    ESCALATION = "escalation"


ANSWERS: dict[RequestKind, tuple[DecisionKind, ...]] = {
    RequestKind.APPROVAL: (DecisionKind.APPROVE, DecisionKind.DENY),
    RequestKind.ESCALATION: (
        DecisionKind.RETRY,
        DecisionKind.SKIP,
        DecisionKind.ABORT,
        DecisionKind.ROLLBACK,
    ),
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


class Answer(BaseModel):
    """What the person said, before it is a recorded decision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: DecisionKind
    reason: str | None = None
    systems: tuple[str, ...] = ()
    digest: str | None = None


class Decision(Answer):
    """A recorded answer: one row, first valid one wins."""

    request_id: str
    responder: str
    door: str
    decided_at: datetime

    def as_winner(self) -> dict[str, str | None]:
        """What the losers of the race are told."""
        return {
            "decision": self.kind.value,
            "responder": self.responder,
            "door": self.door,
            "decided_at": self.decided_at.isoformat(),
        }


_SYNONYMS = {
    "accept": DecisionKind.APPROVE,
    "reject": DecisionKind.DENY,
    "response": DecisionKind.DENY,
}


def _kind(word: Any) -> DecisionKind:
    if isinstance(word, str):
        if word in _SYNONYMS:
            return _SYNONYMS[word]
        if word in DecisionKind:
            return DecisionKind(word)
    raise Invalid(
        "The decision is not one of approve, deny, retry, skip, abort and rollback.",
        field="decision",
        advice='Send {"approved": true|false} or {"decision": "retry"}.',
    )


def _answer(kind: DecisionKind, data: dict[str, Any], reason: Any) -> Answer:
    systems = data.get("systems", ())
    texts = (reason, data.get("digest"))
    if not all(text is None or isinstance(text, str) for text in texts):
        raise Invalid("reason and digest must be texts.", field="reason")
    if not isinstance(systems, (list, tuple)) or not all(isinstance(s, str) for s in systems):
        raise Invalid("systems must be a list of names.", field="systems")
    return Answer(
        kind=kind,
        reason=(clean_text(reason, "reason", limit=2_000) or None) if reason else None,
        systems=tuple(systems),
        digest=data.get("digest"),
    )


def normalise_decision(payload: Any) -> Answer:
    """One answer from any dialect; `Invalid` when it is none of them.

    Accepts `{"approved": bool}`, `{"decision": word}`, `{"decisions": [{"type": …}]}` (LangChain's
    human in the loop, as Agent Chat UI sends it) and `[{"type": …, "args": …}]` (Agent Inbox).
    Only JSON `true` and `false` approve and deny.
    """
    if isinstance(payload, list):
        return _only_one(payload)
    if not isinstance(payload, dict):
        raise Invalid("The decision must be an object.", field="decision")
    if len(payload.keys() & {"approved", "decision", "decisions"}) > 1:
        raise Invalid("Give approved, decision or decisions, not several.", field="decision")
    if "decisions" in payload:
        return _only_one(payload["decisions"])
    if "approved" in payload:
        if not isinstance(payload["approved"], bool):
            raise Invalid("approved must be true or false.", field="approved")
        kind = DecisionKind.APPROVE if payload["approved"] else DecisionKind.DENY
    else:
        kind = _kind(payload.get("decision"))
    return _answer(kind, payload, payload.get("reason"))


def _only_one(decisions: Any) -> Answer:
    if not isinstance(decisions, list) or len(decisions) != 1 or not isinstance(decisions[0], dict):
        raise Invalid("Exactly one decision is expected.", field="decisions")
    data = decisions[0]
    message = data.get("message", data.get("args"))
    return _answer(_kind(data.get("type")), data, message if isinstance(message, str) else None)


def check_answer(answer: Answer, request: OpenRequest) -> Answer:
    """The answer as it applies to `request`, or `Invalid`."""
    if answer.kind not in request.allowed:
        allowed = ", ".join(request.allowed)
        raise Invalid(
            f"'{answer.kind}' does not answer this request.",
            field="decision",
            advice=f"Answer with one of: {allowed}.",
        )
    if answer.kind is DecisionKind.SKIP and not answer.reason:
        raise Invalid("Skipping needs a reason.", field="reason", advice="Say why; it is reported.")
    if answer.systems and set(answer.systems) != set(request.systems):
        strangers = [name for name in answer.systems if name not in request.systems]
        if strangers or answer.kind not in (DecisionKind.RETRY, DecisionKind.SKIP):
            raise Invalid(
                "systems must name systems that this request is about, for retry or skip.",
                field="systems",
                advice="This request is about: " + (", ".join(request.systems) or "none") + ".",
            )
        return answer
    return answer.model_copy(update={"systems": request.systems})
