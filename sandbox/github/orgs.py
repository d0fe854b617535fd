"""The organisation and the people in it."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import Routes, not_found, now
from sandbox.github.call import ORG, Asked, Call
from sandbox.github.seed import STARTED
from sandbox.store import Body

router = Routes()


@router.on("GET", ORG)
async def get_org(call: Asked) -> Response:
    return call.answer(200, bodies.organization(call))


@router.on("GET", ORG, "/members")
async def list_members(call: Asked) -> Response:
    _ = call.org
    members = [one for one in call.store.all("github", "user") if one["member"]]
    return call.paged([bodies.user(call, one["login"], one["id"]) for one in members])


@router.on("GET", ORG, "/members/{login}")
async def is_member(call: Asked, login: str) -> Response:
    """404 also for who is invited: only the membership tells that apart (measured 2026-08)."""
    _ = call.org
    if not call.user(login)["member"]:
        raise not_found()
    return call.answer(204)


@router.on("GET", ORG, "/memberships/{login}")
async def get_membership(call: Asked, login: str) -> Response:
    """Pending for a known person whose address is invited, though the invitation has no login."""
    _ = call.org
    person = call.user(login)
    if not person["member"] and not _invitations(call, person):
        raise not_found()
    return call.answer(200, _membership(call, person))


@router.on("PUT", ORG, "/memberships/{login}")
async def put_membership(call: Asked, login: str) -> Response:
    """Invites who is no member; again changes nothing."""
    _, person = call.org, call.user(login)
    if not person["member"] and not _invitations(call, person):
        invite(call, login=person["login"], email=None, role="direct_member", team_ids=[])
    return call.answer(200, _membership(call, person))


@router.on("DELETE", ORG, "/memberships/{login}")
async def delete_membership(call: Asked, login: str) -> Response:
    """Takes the person out of all teams too, or takes back the invitation (docs)."""
    _, person = call.org, call.user(login)
    invitations = _invitations(call, person)
    if not person["member"] and not invitations:
        raise not_found()
    for one in invitations:
        call.store.delete("github", "invitation", one["id"])
    for place in call.store.all("github", "membership"):
        if place["login"] == person["login"]:
            call.store.delete("github", "membership", place["id"])
    call.store.put("github", "user", person["_id"], person | {"member": False})
    return call.answer(204)


@router.on("GET", ("/users/{login}",))
async def get_user(call: Asked, login: str) -> Response:
    """The address stays private, as it is unless its owner publishes it."""
    person = call.user(login)
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    unknown = ("name", "company", "blog", "location", "email", "hireable", "bio")
    told = counts | dict.fromkeys(unknown) | {"created_at": STARTED}
    body = bodies.user(call, person["login"], person["id"])
    return call.answer(200, body | told | {"updated_at": STARTED})


def invite(
    call: Call, *, login: str | None, email: str | None, role: str, team_ids: list[int]
) -> Body:
    """A new open invitation."""
    number = call.store.next_id("github", "invitation")
    new: Body = {
        "id": number,
        "login": login,
        "email": email,
        "role": role,
        "team_ids": team_ids,
        "created_at": now(),
    }
    call.store.put("github", "invitation", number, new)
    return new


def _invitations(call: Call, person: Body) -> list[Body]:
    return [
        one
        for one in call.store.all("github", "invitation")
        if one["login"] == person["login"]
        or (one["email"] and one["email"].lower() == person["email"])
    ]


def _membership(call: Call, person: Body) -> Body:
    org = bodies.simple_organization(call)
    return {
        "url": f"{org['url']}/memberships/{person['login']}",
        "state": "active" if person["member"] else "pending",
        "role": "member",
        "direct_membership": person["member"],
        "enterprise_teams_providing_indirect_membership": [],
        "organization_url": org["url"],
        "organization": org,
        "user": bodies.user(call, person["login"], person["id"]),
    }
