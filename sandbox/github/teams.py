"""Teams: the slug is made from the name; by slug and by number they are the same team."""

import re

from fastapi import Request, Response

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
from sandbox.github.repositories import repository_of
from sandbox.store import Body, Store

router = new_router()
_OTHER = re.compile(r"[^a-z0-9_]+")


def slug_of(name: str) -> str:
    return _OTHER.sub("-", name.lower()).strip("-")


def team_of(store: Store, org: str, slug: str) -> Body:
    """By slug, or by number under `/organizations/{id}/team/{id}`."""
    for found in store.all("github", "team"):
        if slug in (found["slug"], f"#{found['id']}"):
            return found
    raise GitHubError(404, NOT_FOUND)


def _org(store: Store, number: int) -> str:
    for org in store.all("github", "org"):
        if org["id"] == number:
            return str(org["login"])
    raise GitHubError(404, NOT_FOUND)


@router.get("/orgs/{org}/teams")
async def list_teams(request: Request, org: str) -> Response:
    store = allowed(request)
    owner = org_of(store, org)
    teams = store.all("github", "team")
    return paged(
        request, [bodies.team(origin(request), store, owner, one, full=False) for one in teams]
    )


@router.post("/orgs/{org}/teams")
async def create_team(request: Request, org: str) -> Response:
    store = allowed(request)
    owner, body = org_of(store, org), await body_of(request)
    name = str(body.get("name") or "")[:255]
    if not slug_of(name):
        raise GitHubError(
            422,
            "Validation Failed",
            [{"resource": "Team", "code": "missing_field", "field": "name"}],
        )
    if any(one["slug"] == slug_of(name) for one in store.all("github", "team")):
        error = {"resource": "Team", "code": "unprocessable", "field": "data"}
        error["message"] = "Name must be unique for this org"
        raise GitHubError(422, "Validation Failed", [error])
    number = store.next_id("github", "team")
    team = {
        "id": number,
        "name": name,
        "slug": slug_of(name),
        "description": body.get("description"),
        "privacy": body.get("privacy", "secret"),
        "created_at": now(),
    }
    store.put("github", "team", number, team)
    return answer(request, 201, bodies.team(origin(request), store, owner, team, full=True))


@router.get("/orgs/{org}/teams/{slug}")
async def get_team(request: Request, org: str, slug: str) -> Response:
    store = allowed(request)
    owner, found = org_of(store, org), team_of(store, org, slug)
    return answer(request, 200, bodies.team(origin(request), store, owner, found, full=True))


@router.patch("/orgs/{org}/teams/{slug}")
async def update_team(request: Request, org: str, slug: str) -> Response:
    store = allowed(request)
    owner, found, body = org_of(store, org), team_of(store, org, slug), await body_of(request)
    found |= {key: body[key] for key in ("name", "description", "privacy") if key in body}
    found["slug"] = slug_of(found["name"])
    store.put("github", "team", found["id"], found)
    return answer(request, 200, bodies.team(origin(request), store, owner, found, full=True))


@router.delete("/orgs/{org}/teams/{slug}")
async def delete_team(request: Request, org: str, slug: str) -> Response:
    store = allowed(request)
    org_of(store, org)
    found = team_of(store, org, slug)
    store.delete("github", "team", found["id"])
    for kind in ("grant", "membership"):
        for line in store.all("github", kind):
            if line["team"] == found["id"]:
                store.delete("github", kind, line["id"])
    return answer(request, 204)


@router.get("/orgs/{org}/teams/{slug}/repos/{owner}/{name}")
async def get_grant(request: Request, org: str, slug: str, owner: str, name: str) -> Response:
    store = allowed(request)
    org_body, team, repo = (
        org_of(store, org),
        team_of(store, org, slug),
        repository_of(store, owner, name),
    )
    grant = store.get("github", "grant", f"{team['id']}:{repo['id']}")
    if grant is None:
        raise GitHubError(404, NOT_FOUND)
    if "repository+json" not in request.headers.get("accept", ""):
        return answer(request, 204)
    body = bodies.repository(origin(request), store, org_body, repo, nested=False)
    level = grant["permission"]
    body |= {"permissions": bodies.permissions(level), "role_name": bodies.role_name(level)}
    return answer(request, 200, body)


@router.put("/orgs/{org}/teams/{slug}/repos/{owner}/{name}")
async def put_grant(request: Request, org: str, slug: str, owner: str, name: str) -> Response:
    store = allowed(request)
    org_of(store, org)
    team, repo, body = (
        team_of(store, org, slug),
        repository_of(store, owner, name),
        await body_of(request),
    )
    level = body.get("permission", "push")
    if level not in ("pull", "triage", "push", "maintain", "admin"):
        raise GitHubError(422, "Validation Failed", [{"resource": "TeamMember", "code": "invalid"}])
    key = f"{team['id']}:{repo['id']}"
    grant = {"id": key, "team": team["id"], "repository": repo["id"], "permission": level}
    store.put("github", "grant", key, grant)
    return answer(request, 204)


@router.delete("/orgs/{org}/teams/{slug}/repos/{owner}/{name}")
async def delete_grant(request: Request, org: str, slug: str, owner: str, name: str) -> Response:
    store = allowed(request)
    org_of(store, org)
    team, repo = team_of(store, org, slug), repository_of(store, owner, name)
    store.delete("github", "grant", f"{team['id']}:{repo['id']}")
    return answer(request, 204)


@router.get("/organizations/{org_id}/team/{team_id}")
async def get_team_by_id(request: Request, org_id: int, team_id: int) -> Response:
    return await get_team(request, _org(allowed(request), org_id), f"#{team_id}")


@router.delete("/organizations/{org_id}/team/{team_id}")
async def delete_team_by_id(request: Request, org_id: int, team_id: int) -> Response:
    return await delete_team(request, _org(allowed(request), org_id), f"#{team_id}")
