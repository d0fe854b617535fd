"""Outside collaborators: people who see one repository and not the organisation."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import Routes, invalid, not_found, now
from sandbox.github.call import REPOSITORY, Asked, Call
from sandbox.store import Body

router = Routes()
_PERSON = "/collaborators/{login}"


@router.on("GET", REPOSITORY, _PERSON)
async def is_collaborator(call: Asked, login: str) -> Response:
    """204 for who has accepted, and for members of the organisation; 404 for all others."""
    found = call.store.get("github", "collaborator", _key(call.repository, login))
    if not call.user(login)["member"] and (found is None or found["state"] == "pending"):
        raise not_found()
    return call.answer(204)


@router.on("GET", REPOSITORY, f"{_PERSON}/permission")
async def get_permission(call: Asked, login: str) -> Response:
    """Who is in the organisation may read by its base permission; strangers may do nothing."""
    person = call.user(login)
    found = call.store.get("github", "collaborator", _key(call.repository, login))
    base = "pull" if person["member"] else None
    level = found["permission"] if found and found["state"] == "active" else base
    role = bodies.role_name(level) if level else "none"
    simple = {"maintain": "write", "triage": "read"}.get(role, role)
    shown = bodies.user(call, person["login"], person["id"]) | {"role_name": role}
    rights = bodies.permissions(level) if level else dict.fromkeys(bodies.LEVELS, False)
    return call.answer(
        200, {"permission": simple, "role_name": role, "user": shown | {"permissions": rights}}
    )


@router.on("PUT", REPOSITORY, _PERSON)
async def put_collaborator(call: Asked, login: str) -> Response:
    """201 with an invitation for a stranger, 204 for a member or a collaborator (docs)."""
    body, repository, person = await call.body(), call.writable, call.user(login)
    level = body.get("permission") or "push"
    if level not in bodies.LEVELS:
        raise invalid("Repository", "permission", "invalid")
    key = _key(repository, login)
    found = call.store.get("github", "collaborator", key)
    if found is None:
        found = {
            "id": key,
            "number": call.store.next_id("github", "repository_invitation"),
            "repository": repository["id"],
            "login": person["login"],
            "state": "active" if person["member"] else "pending",
            "created_at": now(),
        }
    found["permission"] = level
    call.store.put("github", "collaborator", key, found)
    if found["state"] == "active":
        return call.answer(204)
    return call.answer(201, _invitation(call, repository, found))


@router.on("DELETE", REPOSITORY, _PERSON)
async def delete_collaborator(call: Asked, login: str) -> Response:
    """An open invitation is taken back too (docs). 204, whether there was one or not."""
    call.store.delete("github", "collaborator", _key(call.writable, login))
    return call.answer(204)


@router.on("GET", REPOSITORY, "/invitations")
async def list_repository_invitations(call: Asked) -> Response:
    repository = call.repository
    return call.paged([_invitation(call, repository, one) for one in _open(call, repository)])


@router.on("DELETE", REPOSITORY, "/invitations/{number}")
async def cancel_repository_invitation(call: Asked, number: int) -> Response:
    for one in _open(call, call.writable):
        if one["number"] == number:
            call.store.delete("github", "collaborator", one["id"])
            return call.answer(204)
    raise not_found()


def _open(call: Call, repository: Body) -> list[Body]:
    return [
        one
        for one in call.store.all("github", "collaborator")
        if one["repository"] == repository["id"] and one["state"] == "pending"
    ]


def _key(repository: Body, login: str) -> str:
    return f"{repository['id']}:{login.lower()}"


def _invitation(call: Call, repository: Body, found: Body) -> Body:
    person = call.user(found["login"])
    body = bodies.repository(call, repository)
    return {
        "id": found["number"],
        "node_id": bodies.node("RepositoryInvitation", found["number"]),
        "repository": body,
        "invitee": bodies.user(call, person["login"], person["id"]),
        "inviter": bodies.user(call, "agentos", 70),
        "permissions": bodies.role_name(found["permission"]),
        "created_at": found["created_at"],
        "expired": False,
        "url": f"{body['url']}/invitations/{found['number']}",
        "html_url": f"{call.origin}/view/github/collaborator/{found['id']}",
    }
