"""Repositories: made empty or from a template, renamed with a redirect, archived, deleted."""

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
from sandbox.store import Body, Store

router = new_router()
READS_UNTIL_READY = 2
"""A repository from a template has no branch until it was asked for so often."""

_OTHER = re.compile(r"[^A-Za-z0-9._-]")


def repository_of(store: Store, owner: str, name: str) -> Body:
    """By its present name only."""
    org_of(store, owner)
    for found in store.all("github", "repository"):
        if found["name"].lower() == name.lower():
            return found
    raise GitHubError(404, NOT_FOUND)


def _by_number(store: Store, number: int) -> Body:
    found = store.get("github", "repository", number)
    if found is None:
        raise GitHubError(404, NOT_FOUND)
    return found


def _new(store: Store, body: Body, *, template: Body | None) -> Body:
    """GitHub replaces what a name may not hold, without a word."""
    name = _OTHER.sub("-", str(body.get("name") or ""))[:100]
    if any(one["name"].lower() == name.lower() for one in store.all("github", "repository")):
        if template:
            taken = "Name already exists on this account"
            raise GitHubError(422, f"Could not clone: {taken}", [f"Could not clone: {taken}"])
        error = {"resource": "Repository", "code": "custom", "field": "name"}
        error["message"] = "name already exists on this account"
        raise GitHubError(422, "Repository creation failed.", [error])
    number = store.next_id("github", "repository")
    new: Body = {
        "id": number,
        "name": name,
        "former_names": [],
        "description": body.get("description"),
        "private": bool(body.get("private", False)),
        "archived": False,
        "is_template": bool(body.get("is_template", False)),
        "template": template["id"] if template else None,
        "topics": [],
        "properties": {},
        "created_at": now(),
        "pushed_at": now(),
        "reads_until_ready": READS_UNTIL_READY if template else 0,
        "empty": not template and not body.get("auto_init"),
    }
    store.put("github", "repository", number, new)
    return new


@router.get("/orgs/{org}/repos")
async def list_repositories(request: Request, org: str) -> Response:
    store = allowed(request)
    owner = org_of(store, org)
    every = store.all("github", "repository")
    shown = [bodies.repository(origin(request), store, owner, one, nested=False) for one in every]
    return paged(request, shown)


@router.post("/orgs/{org}/repos")
async def create_repository(request: Request, org: str) -> Response:
    store = allowed(request)
    owner = org_of(store, org)
    new = _new(store, await body_of(request), template=None)
    return answer(request, 201, bodies.repository(origin(request), store, owner, new))


@router.post("/repos/{owner}/{name}/generate")
async def generate(request: Request, owner: str, name: str) -> Response:
    store = allowed(request)
    template, body = repository_of(store, owner, name), await body_of(request)
    if not template["is_template"]:
        raise GitHubError(404, NOT_FOUND)
    target = org_of(store, str(body.get("owner") or owner))
    new = _new(store, body, template=template)
    return answer(request, 201, bodies.repository(origin(request), store, target, new))


@router.get("/repos/{owner}/{name}")
async def get_repository(request: Request, owner: str, name: str) -> Response:
    """A name it had before a rename redirects to its number."""
    store = allowed(request)
    org = org_of(store, owner)
    try:
        found = repository_of(store, owner, name)
    except GitHubError:
        for one in store.all("github", "repository"):
            if name in one["former_names"]:
                target = f"{origin(request)}/github/repositories/{one['id']}"
                body = {"message": "Moved Permanently", "url": target}
                moved = answer(request, 301, body)
                moved.headers["location"] = target
                return moved
        raise
    return answer(request, 200, bodies.repository(origin(request), store, org, found))


@router.get("/repositories/{number}")
async def get_repository_by_id(request: Request, number: int) -> Response:
    store = allowed(request)
    org = store.all("github", "org")[0]
    found = _by_number(store, number)
    return answer(request, 200, bodies.repository(origin(request), store, org, found))


async def _update(request: Request, store: Store, found: Body) -> Response:
    body, org = await body_of(request), store.all("github", "org")[0]
    if found["archived"] and body.get("archived") is not False:
        raise GitHubError(403, "Repository was archived so is read-only.")
    name = _OTHER.sub("-", str(body.get("name") or found["name"]))
    if name != found["name"]:
        if any(one["name"].lower() == name.lower() for one in store.all("github", "repository")):
            error = {"resource": "Repository", "code": "custom", "field": "name"}
            error["message"] = "name already exists on this account"
            raise GitHubError(422, "Repository creation failed.", [error])
        found["former_names"] = [*found["former_names"], found["name"]]
        found["name"] = name
    keys = ("description", "private", "archived")
    found |= {key: body[key] for key in keys if key in body}
    store.put("github", "repository", found["id"], found)
    return answer(request, 200, bodies.repository(origin(request), store, org, found))


@router.patch("/repos/{owner}/{name}")
async def update_repository(request: Request, owner: str, name: str) -> Response:
    store = allowed(request)
    return await _update(request, store, repository_of(store, owner, name))


@router.patch("/repositories/{number}")
async def update_repository_by_id(request: Request, number: int) -> Response:
    store = allowed(request)
    return await _update(request, store, _by_number(store, number))


@router.delete("/repos/{owner}/{name}")
async def delete_repository(request: Request, owner: str, name: str) -> Response:
    store = allowed(request)
    store.delete("github", "repository", repository_of(store, owner, name)["id"])
    return answer(request, 204)


@router.get("/repos/{owner}/{name}/branches/{branch}")
async def get_branch(request: Request, owner: str, name: str, branch: str) -> Response:
    store = allowed(request)
    found = repository_of(store, owner, name)
    if found["reads_until_ready"] > 0 or found["empty"]:
        found["reads_until_ready"] = max(0, found["reads_until_ready"] - 1)
        store.put("github", "repository", found["id"], found)
        raise GitHubError(409, "Git Repository is empty.")
    if branch != "main":
        raise GitHubError(404, "Branch not found")
    return answer(request, 200, _branch(request, owner, found))


def _branch(request: Request, owner: str, found: Body) -> Body:
    api = f"{origin(request)}/github/repos/{owner}/{found['name']}"
    sha = f"{found['id']:040x}"
    person = {"name": "AgentOS", "email": "agentos@example.com", "date": found["created_at"]}
    tree = {"sha": sha, "url": f"{api}/git/trees/{sha}"}
    verification = {"verified": False, "reason": "unsigned", "payload": None, "signature": None}
    verification["verified_at"] = None
    commit = {
        "url": f"{api}/git/commits/{sha}",
        "author": person,
        "committer": person,
        "message": "Initial commit",
        "comment_count": 0,
        "tree": tree,
        "verification": verification,
    }
    return {
        "name": "main",
        "commit": {
            "url": f"{api}/commits/{sha}",
            "sha": sha,
            "node_id": bodies.node("Commit", sha),
            "html_url": f"{api}/commit/{sha}",
            "comments_url": f"{api}/commits/{sha}/comments",
            "commit": commit,
            "author": None,
            "committer": None,
            "parents": [],
        },
        "_links": {"html": f"{api}/tree/main", "self": f"{api}/branches/main"},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{api}/branches/main/protection",
    }


@router.get("/repos/{owner}/{name}/topics")
async def get_topics(request: Request, owner: str, name: str) -> Response:
    store = allowed(request)
    return answer(request, 200, {"names": repository_of(store, owner, name)["topics"]})


@router.put("/repos/{owner}/{name}/topics")
async def put_topics(request: Request, owner: str, name: str) -> Response:
    store, body = allowed(request), await body_of(request)
    found = repository_of(store, owner, name) | {"topics": body.get("names", [])}
    store.put("github", "repository", found["id"], found)
    return answer(request, 200, {"names": found["topics"]})
