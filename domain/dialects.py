"""One answer from any dialect that people's tools speak."""

import json
from typing import Any

from pydantic import ValidationError

from domain.decisions import Answer, DecisionKind
from domain.edits import PlanEdit
from domain.errors import Invalid
from domain.names import clean_text

_SAID = tuple(kind for kind in DecisionKind if kind is not DecisionKind.EXPIRE)
_SYNONYMS = {
    "accept": DecisionKind.APPROVE,
    "reject": DecisionKind.DENY,
    "response": DecisionKind.DENY,
    "respond": DecisionKind.DENY,
}


def normalise_decision(payload: Any) -> Answer:
    """One answer from any dialect; `Invalid` when it is none of them.

    Accepts `{"approved": bool}`, `{"decision": word}`, `{"answer": text}`, `{"decisions": [{"type":
    …}]}` (LangChain's human in the loop, as Agent Chat UI sends it) and `[{"type": …, "args": …}]`
    (Agent Inbox). Only JSON `true` and `false` approve and deny.
    """
    if isinstance(payload, list):
        return _only_one(payload)
    if not isinstance(payload, dict):
        raise Invalid("The decision must be an object.", field="decision")
    if len(payload.keys() & {"approved", "decision", "decisions", "answer"}) > 1:
        raise Invalid(
            "Give approved, decision, decisions or answer, not several.", field="decision"
        )
    if "answer" in payload:
        return Answer(kind=DecisionKind.ANSWER, text=_text(payload["answer"]))
    if "decisions" in payload:
        return _only_one(payload["decisions"])
    if "approved" in payload:
        if not isinstance(payload["approved"], bool):
            raise Invalid("approved must be true or false.", field="approved")
        kind = DecisionKind.APPROVE if payload["approved"] else DecisionKind.DENY
    else:
        kind = _kind(payload.get("decision"))
    edit = payload.get("edit")
    return _answer(kind, payload, payload.get("reason"), None if edit is None else edit_of(edit))


def _text(value: Any) -> str:
    text = clean_text(value, "answer", limit=2_000) if isinstance(value, str) else ""
    if not text:
        raise Invalid("answer is empty.", field="answer", advice="Answer in a few words.")
    return text


def _only_one(decisions: Any) -> Answer:
    """The decision on the only action: both UIs send back what they showed, edited or not."""
    if not isinstance(decisions, list) or len(decisions) != 1 or not isinstance(decisions[0], dict):
        raise Invalid("Exactly one decision is expected.", field="decisions")
    data = decisions[0]
    kind = _kind(data.get("type"))
    message = data.get("message", data.get("args"))
    reason = message if isinstance(message, str) else None
    action = data.get("edited_action", data.get("args"))
    if not isinstance(action, dict):
        words = reason if data.get("type") in ("response", "respond") else None
        return _answer(kind, data, reason).model_copy(update={"text": words and _text(words)})
    args = action.get("args")
    if not isinstance(args, dict):
        raise Invalid("The action that was answered has no args.", field="decisions")
    seen = {"digest": args["digest"]} if "digest" in args else {}
    if kind is not DecisionKind.EDIT:
        return _answer(kind, data | seen, reason)
    new = {name: _typed(name, value) for name, value in args.items() if name != "digest"}
    return _answer(kind, data | seen, reason, edit_of(new))


def _typed(name: str, value: Any) -> Any:
    """Both UIs send what was typed into a field as text, whatever it was before."""
    if not isinstance(value, str) or name not in PlanEdit.model_fields or name == "slug":
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Invalid(f"{name} is not JSON any more.", field=f"edit.{name}") from None


def edit_of(data: Any) -> PlanEdit:
    """An edit from its JSON; `Invalid` says which part is not understood."""
    try:
        return PlanEdit.model_validate(data)
    except ValidationError as error:
        place = [str(part) for part in error.errors()[0]["loc"]]
        known = place[:1] if place and place[0] in PlanEdit.model_fields else []
        raise Invalid(
            "The edit does not say what to change in a way that is understood.",
            field=".".join(["edit", *known]),
            advice=f"It may hold: {', '.join(PlanEdit.model_fields)}.",
        ) from None


def _kind(word: Any) -> DecisionKind:
    if isinstance(word, str):
        if word in _SYNONYMS:
            return _SYNONYMS[word]
        if word in _SAID:
            return DecisionKind(word)
    raise Invalid(
        f"The decision is not one of {', '.join(_SAID)}.",
        field="decision",
        advice='Send {"approved": true|false} or {"decision": "retry"}.',
    )


def _answer(
    kind: DecisionKind, data: dict[str, Any], reason: Any, edit: PlanEdit | None = None
) -> Answer:
    if kind is DecisionKind.EDIT and edit is None:
        raise Invalid("edit says nothing of what to change.", field="edit")
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
        edit=edit,
    )
