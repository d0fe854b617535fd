"""What a team may do in a repository."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import Routes, invalid, not_found
from sandbox.github.call import REPOSITORY, TEAM, Asked, Call
from sandbox.store import Body

router = Routes()
WITH_PERMISSIONS = "application/vnd.github.v3.repository+json"
_PAIR = "/repos/{owner}/{name}"


@router.on("GET", TEAM, "/repos")
async def list_team_repositories(call: Asked) -> Response:
    team, store = call.team, call.store
    grants = [one for one in store.all("github", "grant") if one["team"] == team["id"]]
    found = ((grant, store.get("github", "repository", grant["repository"])) for grant in grants)
    return call.paged([_granted(call, grant, repo) for grant, repo in found if repo])


@router.on("GET", REPOSITORY, "/teams")
async def list_repository_teams(call: Asked) -> Response:
    repository, store = call.repository, call.store
    grants = [one for one in store.all("github", "grant") if one["repository"] == repository["id"]]
    found = ((grant, store.get("github", "team", grant["team"])) for grant in grants)
    return call.paged(
        [
            bodies.team(call, team)
            | {
                "permission": grant["permission"],
                "permissions": bodies.permissions(grant["permission"]),
            }
            for grant, team in found
            if team
        ]
    )


@router.on("GET", TEAM, _PAIR)
async def get_grant(call: Asked) -> Response:
    """204 says yes; the permission is only told to who asks with its own media type (docs)."""
    team, repository = call.team, call.repository
    grant = call.store.get("github", "grant", _key(team, repository))
    if grant is None:
        raise not_found()
    if WITH_PERMISSIONS not in call.request.headers.get("accept", ""):
        return call.answer(204)
    body = _granted(call, grant, repository)
    for field in ("has_discussions", "has_pull_requests"):  # not in this answer (OpenAPI)
        del body[field]
    return call.answer(200, body)


@router.on("PUT", TEAM, _PAIR)
async def put_grant(call: Asked) -> Response:
    """Idempotent; without a permission it is the team's own, which is `pull` (OpenAPI)."""
    body, team, repository = await call.body(), call.team, call.repository
    level = body.get("permission") or "pull"
    if level not in bodies.LEVELS:
        raise invalid("TeamRepository", "permission", "invalid")
    key = _key(team, repository)
    grant = {"id": key, "team": team["id"], "repository": repository["id"], "permission": level}
    call.store.put("github", "grant", key, grant)
    return call.answer(204)


@router.on("DELETE", TEAM, _PAIR)
async def delete_grant(call: Asked) -> Response:
    """204, whether there was one or not: the published description has no other answer."""
    call.store.delete("github", "grant", _key(call.team, call.repository))
    return call.answer(204)


def _key(team: Body, repository: Body) -> str:
    return f"{team['id']}:{repository['id']}"


def _granted(call: Call, grant: Body, repository: Body) -> Body:
    level = grant["permission"]
    told = {"permissions": bodies.permissions(level), "role_name": bodies.role_name(level)}
    return bodies.repository(call, repository) | told
