"""The GitHub App: it proves itself by a signed JWT and gets a token for an hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import Request, Response

from sandbox.control import store_of
from sandbox.github import bodies
from sandbox.github.answers import GitHubError, Routes, answer, not_found
from sandbox.github.call import Asked, Call
from sandbox.github.seed import STARTED
from sandbox.seed import GITHUB_APP_ID, GITHUB_INSTALLATION_ID
from sandbox.store import Body, Store

router = Routes()
LONGEST_JWT = timedelta(minutes=10)
TOKEN_LASTS = timedelta(hours=1)
PERMISSIONS = {
    "administration": "write",
    "contents": "read",
    "members": "write",
    "metadata": "read",
    "organization_custom_properties": "write",
    "repository_custom_properties": "write",
}


@router.on("GET", ("/app",))
async def get_app(request: Request) -> Response:
    store = store_of(request)
    _check_jwt(request, store)
    call = Call(request, store)
    org = call.org
    return answer(
        request,
        200,
        {
            "id": int(GITHUB_APP_ID),
            "slug": "agentos-sandbox",
            "node_id": bodies.node("Integration", GITHUB_APP_ID),
            "client_id": "Iv1.sandboxagentos",
            "owner": bodies.user(call, org["login"], org["id"], "Organization"),
            "name": "AgentOS sandbox",
            "description": None,
            "external_url": call.origin,
            "html_url": f"{call.origin}/view/github/app/key",
            "created_at": STARTED,
            "updated_at": STARTED,
            "permissions": PERMISSIONS,
            "events": [],
            "installations_count": 1,
        },
    )


@router.on("POST", ("/app/installations/{number}/access_tokens",))
async def create_installation_token(request: Request, number: int) -> Response:
    """Each call makes one more token; the earlier ones stay good until they expire."""
    store = store_of(request)
    _check_jwt(request, store)
    if number != GITHUB_INSTALLATION_ID:
        raise not_found()
    value = f"ghs_sandbox{store.next_id('github', 'token'):08d}"
    until = (datetime.now(UTC) + TOKEN_LASTS).strftime("%Y-%m-%dT%H:%M:%SZ")
    store.put("github", "token", value, {"id": value, "expires_at": until})
    token: Body = {"token": value, "expires_at": until, "permissions": PERMISSIONS}
    return answer(request, 201, token | {"repository_selection": "all"})


@router.on("GET", ("/rate_limit",))
async def rate_limit(call: Asked) -> Response:
    """Costs nothing (docs). Version 2026-03-10 leaves out `rate` (OpenAPI)."""
    until = int(datetime.now(UTC).timestamp()) + 3600
    rate = {"limit": 5000, "used": 1, "remaining": 4999, "reset": until}
    search = rate | {"limit": 30, "used": 0, "remaining": 30}
    body: Body = {"resources": {"core": rate, "search": search}}
    return call.answer(200, body if call.is_newest else body | {"rate": rate})


def _check_jwt(request: Request, store: Store) -> None:
    """RS256, at most ten minutes ahead; the messages are GitHub's (octokit/auth-app.js #698)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    claims = _claims(token if scheme.lower() == "bearer" else "", store)
    now = datetime.now(UTC).timestamp()
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise GitHubError(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future "
            "time at which the assertion expires",
        )
    if expires > now + LONGEST_JWT.total_seconds():
        raise GitHubError(401, "'Expiration time' claim ('exp') is too far in the future")
    if str(claims.get("iss")) != GITHUB_APP_ID:
        raise GitHubError(404, "Integration not found")


def _claims(token: str, store: Store) -> dict[str, Any]:
    key = store.get("github", "app", "key")
    if key is None:
        raise GitHubError(404, "Integration not found")
    public = load_pem_private_key(key["pem"].encode(), password=None).public_key()
    undated = {"verify_exp": False, "verify_iat": False}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            public,  # type: ignore[arg-type]  # RSA: the seed made it
            algorithms=["RS256"],
            options=undated,  # type: ignore[arg-type]
        )
    except jwt.PyJWTError:
        raise GitHubError(401, "A JSON web token could not be decoded") from None
    return claims
