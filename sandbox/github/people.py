"""Invitations, members, the App's tokens, limits."""

from datetime import UTC, datetime, timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from fastapi import Request, Response

from sandbox.control import store_of
from sandbox.github import bodies
from sandbox.github.answers import (
    NOT_FOUND,
    GitHubError,
    allowed,
    answer,
    body_of,
    new_router,
    now,
    org_of,
    origin,
    paged,
)
from sandbox.github.teams import team_of
from sandbox.seed import GITHUB_APP_ID, GITHUB_INSTALLATION_ID
from sandbox.store import Body

router = new_router()


@router.get("/orgs/{org}")
async def get_org(request: Request, org: str) -> Response:
    store = allowed(request)
    return answer(request, 200, bodies.organization(origin(request), org_of(store, org)))


def _invitation(request: Request, org: str, found: Body) -> Body:
    api = f"{origin(request)}/github/orgs/{org}"
    return {
        "id": found["id"],
        "login": None,
        "email": found["email"],
        "role": found["role"],
        "created_at": found["created_at"],
        "failed_at": None,
        "failed_reason": None,
        "inviter": bodies.user(origin(request), "agentos", 70),
        "team_count": len(found["team_ids"]),
        "node_id": bodies.node("OrganizationInvitation", found["id"]),
        "invitation_teams_url": f"{api}/invitations/{found['id']}/teams",
        "invitation_source": "member",
    }


@router.get("/orgs/{org}/invitations")
async def list_invitations(request: Request, org: str) -> Response:
    store = allowed(request)
    org_of(store, org)
    every = store.all("github", "invitation")
    return paged(request, [_invitation(request, org, one) for one in every])


@router.post("/orgs/{org}/invitations")
async def create_invitation(request: Request, org: str) -> Response:
    """Sends mail each time; a pending or present member is refused with 422."""
    store = allowed(request)
    org_of(store, org)
    body = await body_of(request)
    email = str(body.get("email") or "")
    if "@" not in email:
        raise GitHubError(
            422, "Validation Failed", [{"resource": "OrganizationInvitation", "code": "invalid"}]
        )
    if any(one["email"].lower() == email.lower() for one in store.all("github", "invitation")):
        error = {"resource": "OrganizationInvitation", "code": "unprocessable", "field": "data"}
        error["message"] = "A user with this email address is already a part of this organization"
        raise GitHubError(422, "Validation Failed", [error])
    number = store.next_id("github", "invitation")
    new = {
        "id": number,
        "email": email,
        "role": body.get("role", "direct_member"),
        "team_ids": body.get("team_ids", []),
        "created_at": now(),
    }
    store.put("github", "invitation", number, new)
    return answer(request, 201, _invitation(request, org, new))


@router.delete("/orgs/{org}/invitations/{number}")
async def cancel_invitation(request: Request, org: str, number: int) -> Response:
    store = allowed(request)
    org_of(store, org)
    if not store.delete("github", "invitation", number):
        raise GitHubError(404, NOT_FOUND)
    return answer(request, 204)


@router.get("/orgs/{org}/failed_invitations")
async def failed_invitations(request: Request, org: str) -> Response:
    org_of(allowed(request), org)
    return paged(request, [])


@router.get("/orgs/{org}/teams/{slug}/invitations")
async def team_invitations(request: Request, org: str, slug: str) -> Response:
    store = allowed(request)
    team = team_of(store, org, slug)
    every = [one for one in store.all("github", "invitation") if team["id"] in one["team_ids"]]
    return paged(request, [_invitation(request, org, one) for one in every])


@router.get("/orgs/{org}/members")
async def list_members(request: Request, org: str) -> Response:
    store = allowed(request)
    org_of(store, org)
    members = [one for one in store.all("github", "user") if one["member"]]
    return paged(request, [bodies.user(origin(request), m["login"], m["id"]) for m in members])


@router.get("/users/{login}")
async def get_user(request: Request, login: str) -> Response:
    store = allowed(request)
    found = store.get("github", "user", login.lower())
    if found is None:
        raise GitHubError(404, NOT_FOUND)
    return answer(request, 200, bodies.user(origin(request), found["login"], found["id"]))


def _membership(request: Request, org: str, slug: str, found: Body) -> Body:
    url = f"{origin(request)}/github/orgs/{org}/teams/{slug}/memberships/{found['login']}"
    return {"url": url, "role": found["role"], "state": found["state"]}


@router.get("/orgs/{org}/teams/{slug}/memberships/{login}")
async def get_membership(request: Request, org: str, slug: str, login: str) -> Response:
    store = allowed(request)
    found = store.get("github", "membership", f"{team_of(store, org, slug)['id']}:{login.lower()}")
    if found is None:
        raise GitHubError(404, NOT_FOUND)
    return answer(request, 200, _membership(request, org, slug, found))


@router.put("/orgs/{org}/teams/{slug}/memberships/{login}")
async def put_membership(request: Request, org: str, slug: str, login: str) -> Response:
    """Idempotent: who is not a member of the organisation yet is invited, once."""
    store, body = allowed(request), await body_of(request)
    team, person = team_of(store, org, slug), store.get("github", "user", login.lower())
    if person is None:
        raise GitHubError(404, NOT_FOUND)
    key = f"{team['id']}:{login.lower()}"
    found = store.get("github", "membership", key) or {
        "id": key,
        "team": team["id"],
        "login": person["login"],
        "state": "active" if person["member"] else "pending",
    }
    found["role"] = body.get("role", "member")
    store.put("github", "membership", key, found)
    return answer(request, 200, _membership(request, org, slug, found))


@router.delete("/orgs/{org}/teams/{slug}/memberships/{login}")
async def delete_membership(request: Request, org: str, slug: str, login: str) -> Response:
    store = allowed(request)
    if not store.delete(
        "github", "membership", f"{team_of(store, org, slug)['id']}:{login.lower()}"
    ):
        raise GitHubError(404, NOT_FOUND)
    return answer(request, 204)


@router.post("/app/installations/{number}/access_tokens")
async def create_installation_token(request: Request, number: int) -> Response:
    """The App proves itself with a JWT signed by its key (RS256, at most ten minutes)."""
    store = store_of(request)
    key = store.get("github", "app", "key")
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    try:
        private = serialization.load_pem_private_key((key or {})["pem"].encode(), password=None)
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        claims = jwt.decode(token, public, algorithms=["RS256"], options={"verify_iat": False})
    except (jwt.PyJWTError, KeyError):
        raise GitHubError(401, "A JSON web token could not be decoded") from None
    if str(claims.get("iss")) != GITHUB_APP_ID or number != GITHUB_INSTALLATION_ID:
        raise GitHubError(404, NOT_FOUND)
    value = f"ghs_sandbox{store.next_id('github', 'token'):08d}"
    until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    store.put("github", "token", value, {"id": value, "expires_at": until})
    granted = {"members": "write", "administration": "write"}
    body = {"token": value, "expires_at": until, "permissions": granted}
    return answer(request, 201, body | {"repository_selection": "all"})


@router.get("/rate_limit")
async def rate_limit(request: Request) -> Response:
    allowed(request)
    until = int(datetime.now(UTC).timestamp()) + 3600
    rate = {"limit": 5000, "used": 1, "remaining": 4999, "reset": until}
    return answer(request, 200, {"resources": {"core": rate, "search": rate}, "rate": rate})
