"""Repositories: made empty or from a template, renamed with a redirect, archived, deleted."""

import re

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import GitHubError, Routes, invalid, not_found, now
from sandbox.github.call import ORG, REPOSITORY, Asked, Call
from sandbox.store import Body

router = Routes()
READS_UNTIL_READY = 2
"""A repository from a template has no branch until it was asked for so often."""

LONGEST_NAME = 100
TAKEN = "name already exists on this account"

_OTHER = re.compile(r"[^A-Za-z0-9._-]")


@router.on("GET", ORG, "/repos")
async def list_repositories(call: Asked) -> Response:
    _ = call.org
    every = call.store.all("github", "repository")
    return call.paged([bodies.repository(call, one) for one in every])


@router.on("POST", ORG, "/repos")
async def create_repository(call: Asked) -> Response:
    """A taken name is told as an object in `errors` (recorded by octokit)."""
    body, _ = await call.body(), call.org
    name = _name(body.get("name"))
    if problem := _problem(call, name):
        error = {"resource": "Repository", "code": "custom", "field": "name", "message": problem}
        raise GitHubError(422, "Repository creation failed.", [error])
    new = _new(call, name, body, template=None)
    return call.answer(201, bodies.full_repository(call, new))


@router.on("POST", REPOSITORY, "/generate")
async def generate(call: Asked) -> Response:
    """A taken name is told as a plain string in `errors`, unlike above (public code)."""
    body, template = await call.body(), call.repository
    owner = body.get("owner") or call.org["login"]
    if not template["is_template"] or str(owner).lower() != call.org["login"].lower():
        raise not_found()
    name = _name(body.get("name"))
    if problem := _problem(call, name):
        message = f"Could not clone: {problem[0].upper()}{problem[1:]}"
        raise GitHubError(422, message, [message])
    new = _new(call, name, body, template=template)
    return call.answer(201, bodies.full_repository(call, new))


@router.on("GET", REPOSITORY)
async def get_repository(call: Asked) -> Response:
    return call.answer(200, bodies.full_repository(call, call.repository))


@router.on("PATCH", REPOSITORY)
async def update_repository(call: Asked) -> Response:
    """One that is archived takes no change but to be unarchived (issue cli/cli #7176)."""
    body = await call.body()
    found = call.repository if body.get("archived") is False else call.writable
    if "name" in body and (name := _name(body["name"])) != found["name"]:
        if problem := _problem(call, name, found):
            raise invalid("Repository", "name", "custom", problem)
        _forget_former(call, name)
        former = [one for one in found["former_names"] if one.lower() != name.lower()]
        found |= {"former_names": [*former, found["name"]], "name": name}
    if body.get("visibility") in ("private", "public"):
        body["private"] = body["visibility"] == "private"
    keys = ("description", "private", "archived", "is_template")
    found |= {key: body[key] for key in keys if key in body} | {"updated_at": now()}
    call.store.put("github", "repository", found["id"], found)
    return call.answer(200, bodies.full_repository(call, found))


@router.on("DELETE", REPOSITORY)
async def delete_repository(call: Asked) -> Response:
    """Also one that is archived. Its old names do not redirect any more."""
    number = call.repository["id"]
    call.store.delete("github", "repository", number)
    for kind in ("grant", "collaborator"):
        for line in call.store.all("github", kind):
            if line["repository"] == number:
                call.store.delete("github", kind, line["id"])
    return call.answer(204)


def _name(given: object) -> str:
    """GitHub replaces what a name may not hold by "-", without a word (github/docs #44518)."""
    if not isinstance(given, str) or not given:
        raise invalid("Repository", "name", "missing_field")
    return _OTHER.sub("-", given)


def _problem(call: Call, name: str, itself: Body | None = None) -> str | None:
    if len(name) > LONGEST_NAME:
        return f"name is too long (maximum is {LONGEST_NAME} characters)"
    for other in call.store.all("github", "repository"):
        if other["name"].lower() == name.lower() and (not itself or other["id"] != itself["id"]):
            return TAKEN
    return None


def _forget_former(call: Call, name: str) -> None:
    """A name that is given anew stops redirecting to who had it before (GitHub's docs)."""
    for other in call.store.all("github", "repository"):
        kept = [one for one in other["former_names"] if one.lower() != name.lower()]
        if kept != other["former_names"]:
            call.store.put("github", "repository", other["id"], other | {"former_names": kept})


def _new(call: Call, name: str, body: Body, *, template: Body | None) -> Body:
    _forget_former(call, name)
    number = call.store.next_id("github", "repository")
    new: Body = {
        "id": number,
        "name": name,
        "former_names": [],
        "description": body.get("description"),
        "private": bool(body.get("private", body.get("visibility") == "private")),
        "archived": False,
        "is_template": bool(body.get("is_template", False)),
        "template": template["id"] if template else None,
        "topics": [],
        "properties": {},
        "created_at": now(),
        "updated_at": now(),
        "pushed_at": now(),
        "reads_until_ready": READS_UNTIL_READY if template else 0,
        "empty": not template and not body.get("auto_init"),
    }
    call.store.put("github", "repository", number, new)
    return new
