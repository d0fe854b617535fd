"""Teams: the slug is made from the name; by slug and by number they are the same team."""

import re
import unicodedata

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import GitHubError, Routes, invalid, now
from sandbox.github.call import ORG, TEAM, Asked, Call
from sandbox.store import Body

router = Routes()
LONGEST_NAME = 255
"""GitHub cuts what is longer, without a word (dead-claudia/github-limits)."""

_OTHER = re.compile(r"[^a-z0-9_]+")


def slug_of(name: str) -> str:
    """ "My TEam Näme" becomes "my-team-name" (GitHub's own example)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain.lower()).strip("-")


@router.on("GET", ORG, "/teams")
async def list_teams(call: Asked) -> Response:
    _ = call.org
    return call.paged([bodies.team(call, one) for one in call.store.all("github", "team")])


@router.on("POST", ORG, "/teams")
async def create_team(call: Asked) -> Response:
    """Not nested it is secret, nested it is closed, unless something else is asked for."""
    body, _ = await call.body(), call.org
    name = _name(call, body.get("name"))
    parent = _parent(call, body)
    number = call.store.next_id("github", "team")
    team = {
        "id": number,
        "name": name,
        "slug": slug_of(name),
        "description": body.get("description"),
        "privacy": _privacy(body, parent),
        "parent": parent["id"] if parent else None,
        "created_at": now(),
        "updated_at": now(),
    }
    call.store.put("github", "team", number, team)
    return call.answer(201, bodies.full_team(call, team))


@router.on("GET", TEAM)
async def get_team(call: Asked) -> Response:
    return call.answer(200, bodies.full_team(call, call.team))


@router.on("PATCH", TEAM)
async def update_team(call: Asked) -> Response:
    """A new name makes a new slug; the number stays."""
    body, team = await call.body(), call.team
    if "name" in body:
        team["name"] = _name(call, body["name"], team)
        team["slug"] = slug_of(team["name"])
    if "privacy" in body:
        team["privacy"] = _privacy(body, None)
    team |= {"description": body.get("description", team["description"]), "updated_at": now()}
    call.store.put("github", "team", team["id"], team)
    return call.answer(200, bodies.full_team(call, team))


@router.on("DELETE", TEAM)
async def delete_team(call: Asked) -> Response:
    """Child teams go with it (GitHub's documentation); repositories and people stay."""
    _delete(call, call.team)
    return call.answer(204)


@router.on("GET", TEAM, "/teams")
async def list_child_teams(call: Asked) -> Response:
    children = _children(call, call.team)
    return call.paged([bodies.team(call, one) for one in children])


def _name(call: Call, given: object, itself: Body | None = None) -> str:
    if not isinstance(given, str):
        raise GitHubError(422, 'Invalid request.\n\n"name" wasn\'t supplied.')
    name = given[:LONGEST_NAME]
    if not slug_of(name):
        raise invalid("Team", "name", "missing_field")
    for other in call.store.all("github", "team"):
        if other["slug"] == slug_of(name) and (itself is None or other["id"] != itself["id"]):
            # As public code that handles it quotes it.
            raise invalid("Team", "data", "unprocessable", "Name must be unique for this org")
    return name


def _privacy(body: Body, parent: Body | None) -> str:
    privacy = body.get("privacy", "closed" if parent else "secret")
    if privacy not in ("secret", "closed"):
        raise invalid("Team", "privacy", "invalid")
    return str(privacy)


def _parent(call: Call, body: Body) -> Body | None:
    if body.get("parent_team_id") is None:
        return None
    parent = call.store.get("github", "team", body["parent_team_id"])
    if parent is None or parent["privacy"] == "secret":
        raise invalid("Team", "parent_team_id", "invalid")
    return parent


def _children(call: Call, team: Body) -> list[Body]:
    return [one for one in call.store.all("github", "team") if one["parent"] == team["id"]]


def _delete(call: Call, team: Body) -> None:
    for child in _children(call, team):
        _delete(call, child)
    call.store.delete("github", "team", team["id"])
    for kind in ("grant", "membership"):
        for line in call.store.all("github", kind):
            if line["team"] == team["id"]:
                call.store.delete("github", kind, line["id"])
