"""Invitations by mail into the organisation: open, taken back, failed."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import Routes, invalid, not_found
from sandbox.github.call import ORG, TEAM, Asked, Call
from sandbox.github.orgs import invite
from sandbox.store import Body

router = Routes()
ROLES = ("direct_member", "admin", "billing_manager", "reinstate")
MEMBER = "A user with this email addresss is already a part of this organization"
"""With GitHub's own spelling (issue github/rest-api-description #4109)."""


@router.on("GET", ORG, "/invitations")
async def list_invitations(call: Asked) -> Response:
    _ = call.org
    return call.paged([_body(call, one) for one in call.store.all("github", "invitation")])


@router.on("GET", ORG, "/failed_invitations")
async def list_failed(call: Asked) -> Response:
    """Those that ran out; one that was taken back is not here (measured 2026-08)."""
    _ = call.org
    return call.paged([_body(call, one) for one in call.store.all("github", "failed_invitation")])


@router.on("GET", TEAM, "/invitations")
async def list_team_invitations(call: Asked) -> Response:
    team, every = call.team, call.store.all("github", "invitation")
    return call.paged([_body(call, one) for one in every if team["id"] in one["team_ids"]])


@router.on("POST", ORG, "/invitations")
async def create_invitation(call: Asked) -> Response:
    """An address that is invited already gets the same invitation again, 201 as the first time.

    That, and that an invitation by number beside one by address is a second one, was measured at
    GitHub in 2026-08 and published. Whether the mail goes out twice is not known.
    """
    body, _ = await call.body(), call.org
    role, teams = body.get("role", "direct_member"), list(body.get("team_ids") or [])
    if role not in ROLES:
        raise _refused("role", "invalid")
    if not all(call.store.get("github", "team", number) for number in teams):
        raise _refused("team_ids", "invalid")
    if body.get("invitee_id") is not None:
        login = _known(call, body["invitee_id"])
        new = invite(call, login=login, email=None, role=role, team_ids=teams)
        return call.answer(201, _body(call, new))
    email = body.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise _refused("email", "invalid")
    for person in call.store.all("github", "user"):
        if person["member"] and person["email"] == email.lower():
            raise _refused("data", "unprocessable", MEMBER)
    for earlier in call.store.all("github", "invitation"):
        if earlier["email"] and earlier["email"].lower() == email.lower():
            return call.answer(201, _body(call, earlier))
    new = invite(call, login=None, email=email, role=role, team_ids=teams)
    return call.answer(201, _body(call, new))


@router.on("DELETE", ORG, "/invitations/{number}")
async def cancel_invitation(call: Asked, number: int) -> Response:
    """204 again for one that was taken back before (measured 2026-08); 404 for what never was."""
    _ = call.org
    if call.store.delete("github", "invitation", number):
        call.store.put("github", "cancelled_invitation", number, {"id": number})
    elif call.store.get("github", "cancelled_invitation", number) is None:
        raise not_found()
    return call.answer(204)


def _known(call: Call, number: object) -> str:
    for person in call.store.all("github", "user"):
        if person["id"] == number:
            if person["member"]:
                raise _refused("data", "unprocessable", "Invitee is already a part of this org")
            return str(person["login"])
    raise not_found()


def _refused(field: str, code: str, message: str | None = None) -> Exception:
    return invalid("OrganizationInvitation", field, code, message)


def _body(call: Call, found: Body) -> Body:
    """`login` stays null for an address, even when somebody has it (measured 2026-08)."""
    api = f"{call.origin}/github/organizations/{call.org['id']}"
    return {
        "id": found["id"],
        "node_id": bodies.node("OrganizationInvitation", found["id"]),
        "login": found["login"],
        "email": found["email"],
        "role": found["role"],
        "created_at": found["created_at"],
        "failed_at": found.get("failed_at"),
        "failed_reason": found.get("failed_reason"),
        "inviter": bodies.user(call, "agentos", 70),
        "team_count": len(found["team_ids"]),
        "invitation_teams_url": f"{api}/invitations/{found['id']}/teams",
        "invitation_source": "member",
    }
