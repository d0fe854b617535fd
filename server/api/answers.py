"""What resuming a run may say, for the API's description: no more than is understood."""

from typing import Any

_LINES = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_PLAIN = ("approve", "deny", "accept", "reject", "response")
_WORDS = (*_PLAIN[:2], "retry", "skip", "abort", "rollback", *_PLAIN[2:])
_EXAMPLES = [
    {"approved": True, "responder": "dana"},
    {"decision": "skip", "reason": "They use another chat.", "systems": ["slack"]},
    {"decision": "edit", "edit": {"systems": ["slack", "github"]}},
    {"decisions": [{"type": "approve"}]},
    {},
]


def _object(required: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | more,
        "required": list(required),
        "additionalProperties": False,
    }


def _only(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 1, "maxItems": 1}


def resuming(schema: dict[str, Any]) -> None:
    """One of: nothing, `approved`, a `decision`, or one of the inboxes' `decisions`."""
    fields = schema.pop("properties")
    edit = next(each for each in fields["edit"]["anyOf"] if "$ref" in each)
    systems = next(each for each in fields["systems"]["anyOf"] if each["type"] == "array")
    who = {"responder": fields["responder"]}
    beside = who | {"reason": fields["reason"], "digest": fields["digest"], "systems": systems}
    said = _object({"type": {"enum": list(_PLAIN)}}, {"message": _LINES, "args": _LINES})
    new = {"type": "object", "properties": {"args": edit}, "required": ["args"]}
    edited = _object({"type": {"const": "edit"}, "edited_action": new}, {"message": _LINES})
    decisions = {"decisions": _only({"oneOf": [said, edited]})}
    besides = beside | {"systems": fields["systems"]}
    schema.pop("additionalProperties")
    schema.pop("type")
    schema |= {
        "oneOf": [
            _object({}, who),
            _object({"approved": {"type": "boolean"}}, beside),
            _object({"decision": {"enum": list(_WORDS)}}, beside),
            _object({"decision": {"const": "edit"}, "edit": edit}, beside),
            _object(decisions, besides),
        ],
        "examples": _EXAMPLES,
    }
