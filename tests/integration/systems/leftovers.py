"""What a rollback has to leave in the systems, as docs/systems says; all else is as it was."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

Body = dict[str, Any]
State = Mapping[str, Mapping[str, list[Body]]]
Key = tuple[str, str, str]
"""System, kind and id of an object in the sandbox."""

_ASIDE = "zz-undone-acme-corp-"

WORDS: Mapping[tuple[str, str], Callable[[Body], str | None]] = {
    ("slack", "channel"): lambda body: _aside(body, "is_archived"),
    ("slack", "message"): lambda body: "the welcome message",
    ("slack", "connect_invite"): lambda body: "ends with the channel; the mail was sent",
    ("github", "repository"): lambda body: _aside(body, "archived"),
    ("github", "cancelled_invitation"): lambda body: "",  # the stand-in remembers that it was
    ("brevo", "contact"): lambda body: None if body["listIds"] else "the confirmation mail",
    ("brevo", "mail"): lambda body: "the confirmation mail",
    ("grants", "application"): lambda body: str(body["id"]),
}
"""The words by which a report names an object that had to stay; None if it need not have."""


def _aside(body: Body, archived: str) -> str | None:
    name = str(body["name"])
    return name if body[archived] and name.startswith(_ASIDE) else None


def left(before: State, after: State) -> dict[Key, str]:
    """What is there now, was not before and had to stay, with the words that name it."""
    old = {key for key, _ in _objects(before)}
    new = [(key, body) for key, body in _objects(after) if key not in old and key[:2] in WORDS]
    found = [(key, WORDS[key[:2]](body)) for key, body in new]
    return {key: words for key, words in found if words is not None}


def text(state: State, without: Collection[Key] = ()) -> str:
    """The whole of it without some objects, to be compared byte for byte."""
    objects = {"/".join(key): body for key, body in _objects(state) if key not in without}
    return json.dumps(objects, sort_keys=True)


def _objects(state: State) -> list[tuple[Key, Body]]:
    return [
        ((system, kind, str(body.get("_id") or body["id"])), body)
        for system, kinds in state.items()
        for kind, bodies in kinds.items()
        for body in bodies
    ]
