"""People in teams."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import Routes, invalid, not_found
from sandbox.github.call import TEAM, Asked, Call
from sandbox.store import Body

router = Routes()
_PLACE = "/memberships/{login}"


@router.on("GET", TEAM, "/members")
async def list_team_members(call: Asked) -> Response:
    """Who has accepted; pending ones are not members yet (docs)."""
    team = call.team
    places = [
        one
        for one in call.store.all("github", "membership")
        if one["team"] == team["id"] and one["state"] == "active"
    ]
    people = [call.user(one["login"]) for one in places]
    return call.paged([bodies.user(call, one["login"], one["id"]) for one in people])


@router.on("GET", TEAM, _PLACE)
async def get_membership(call: Asked, login: str) -> Response:
    found = call.store.get("github", "membership", _key(call.team, login))
    if found is None:
        raise not_found()
    return call.answer(200, _body(call, found))


@router.on("PUT", TEAM, _PLACE)
async def put_membership(call: Asked, login: str) -> Response:
    """Idempotent. Who is not in the organisation is asked by mail and pending until then (docs).

    Simpler than GitHub: that mail is not listed among the organisation's invitations.
    """
    body, team, person = await call.body(), call.team, call.user(login)
    role = body.get("role", "member")
    if role not in ("member", "maintainer"):
        raise invalid("TeamMember", "role", "invalid")
    key = _key(team, login)
    found = call.store.get("github", "membership", key) or {
        "id": key,
        "team": team["id"],
        "login": person["login"],
        "state": "active" if person["member"] else "pending",
    }
    found["role"] = role
    call.store.put("github", "membership", key, found)
    return call.answer(200, _body(call, found))


@router.on("DELETE", TEAM, _PLACE)
async def delete_membership(call: Asked, login: str) -> Response:
    if not call.store.delete("github", "membership", _key(call.team, login)):
        raise not_found()
    return call.answer(204)


def _key(team: Body, login: str) -> str:
    return f"{team['id']}:{login.lower()}"


def _body(call: Call, found: Body) -> Body:
    api = f"{call.origin}/github/organizations/{call.org['id']}/team/{found['team']}"
    url = f"{api}/memberships/{found['login']}"
    return {"url": url, "role": found["role"], "state": found["state"]}
