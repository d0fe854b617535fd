"""What texts look like, for readers of the API's description; patterns as ECMA 262 writes them.

They say no less than is checked, so that what fits them is accepted.
"""

from typing import Any

_SEEN = r"\p{L}\p{M}\p{N}\p{P}\p{S}"
_BLANK = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = r"\u00ad\u0600-\u0605\u06dd\u070f\u180e\u200b-\u200d\u2060-\u2064\ufeff"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ANY = _SEEN + _BLANK + _UNSEEN


def name(limit: int) -> dict[str, Any]:
    """One line with something to be seen on it."""
    return {"pattern": f"^[{_ANY}]*[{_SEEN}][{_ANY}]*$", "maxLength": limit}


def text(limit: int, *, some: bool = False) -> dict[str, Any]:
    """Lines; `some` of them not blank."""
    lines = rf"[{_ANY}\n\t]*"
    return {"pattern": f"^{lines}[{_SEEN}]{lines}$" if some else f"^{lines}$", "maxLength": limit}


def line(limit: int) -> dict[str, Any]:
    """One to `limit` characters, blank or not."""
    return {"pattern": f"^[{_ANY}]+$", "minLength": 1, "maxLength": limit}


SLUG: dict[str, Any] = {"pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "maxLength": 60}
EMAIL: dict[str, Any] = {
    "pattern": rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}$",
    "maxLength": 254,
}
GITHUB: dict[str, Any] = {"pattern": "^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$", "maxLength": 39}
SLACK: dict[str, Any] = {"pattern": "^[UW][A-Z0-9]{2,20}$"}
CHANNEL: dict[str, Any] = {"pattern": "^[a-z0-9][a-z0-9_-]{0,79}$"}


def any_of(*names: str) -> dict[str, Any]:
    """An object in which one of these has a value."""
    return {"anyOf": [all_of(each) for each in names]}


def all_of(*names: str) -> dict[str, Any]:
    """An object in which each of these has a value."""
    return {"required": [*names], "properties": {each: {"type": "string"} for each in names}}
