"""What a repository is labelled with: topics and the organisation's custom properties."""

import re

from fastapi import Response

from sandbox.github.answers import GitHubError, Routes, invalid
from sandbox.github.call import ORG, REPOSITORY, Asked, Call
from sandbox.store import Body

router = Routes()
MOST_TOPICS = 20
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
_BAD_TOPIC = (
    "Topics must start with a lowercase letter or number, consist of 50 characters or less, "
    "and can include hyphens."
)


@router.on("GET", REPOSITORY, "/topics")
async def get_topics(call: Asked) -> Response:
    return call.answer(200, {"names": call.repository["topics"]})


@router.on("PUT", REPOSITORY, "/topics")
async def put_topics(call: Asked) -> Response:
    """Replaces them all, in lower case (OpenAPI)."""
    body, found = await call.body(), call.writable
    names = body.get("names")
    if not isinstance(names, list):
        raise GitHubError(422, 'Invalid request.\n\n"names" wasn\'t supplied.')
    topics = [str(name).lower() for name in names]
    if not all(_TOPIC.fullmatch(topic) for topic in topics):
        raise GitHubError(422, "Validation Failed", [_BAD_TOPIC])
    if len(topics) > MOST_TOPICS:
        most = f"A repository cannot have more than {MOST_TOPICS} topics."
        raise GitHubError(422, "Validation Failed", [most])
    call.store.put("github", "repository", found["id"], found | {"topics": topics})
    return call.answer(200, {"names": topics})


@router.on("GET", ORG, "/properties/schema")
async def list_properties(call: Asked) -> Response:
    api = f"{call.origin}/github/orgs/{call.org['login']}/properties/schema"
    return call.answer(
        200,
        [
            {
                "property_name": one["id"],
                "url": f"{api}/{one['id']}",
                "source_type": "organization",
                "value_type": one["value_type"],
                "required": False,
                "default_value": None,
                "description": one["description"],
                "allowed_values": None,
                "values_editable_by": "org_actors",
                "require_explicit_values": False,
            }
            for one in call.store.all("github", "property")
        ],
    )


@router.on("GET", ORG, "/properties/values")
async def list_values(call: Asked) -> Response:
    org = call.org
    return call.paged(
        [
            {
                "repository_id": one["id"],
                "repository_name": one["name"],
                "repository_full_name": f"{org['login']}/{one['name']}",
                "properties": _values(one),
            }
            for one in call.store.all("github", "repository")
        ]
    )


@router.on("PATCH", ORG, "/properties/values")
async def set_values_of_many(call: Asked) -> Response:
    """At most thirty repositories a call (GitHub's documentation)."""
    body, _ = await call.body(), call.org
    names = {str(name).lower() for name in body.get("repository_names", [])}
    if not names or len(names) > 30:
        raise invalid("Repository", "repository_names", "invalid")
    for found in call.store.all("github", "repository"):
        if found["name"].lower() in names:
            _set(call, found, body)
    return call.answer(204)


@router.on("GET", REPOSITORY, "/properties/values")
async def get_values(call: Asked) -> Response:
    return call.answer(200, _values(call.repository))


@router.on("PATCH", REPOSITORY, "/properties/values")
async def set_values(call: Asked) -> Response:
    """Null removes a value. A property that the organisation has not defined is refused."""
    _set(call, call.writable, await call.body())
    return call.answer(204)


def _values(repository: Body) -> list[Body]:
    values = repository["properties"].items()
    return [{"property_name": name, "value": value} for name, value in values]


def _set(call: Call, repository: Body, body: Body) -> None:
    values = dict(repository["properties"])
    for one in body.get("properties", []):
        name = str(one.get("property_name"))
        if call.store.get("github", "property", name) is None:
            raise invalid("Repository", "properties", "invalid", f"{name} is not defined")
        values[name] = one.get("value")
    kept = {name: value for name, value in values.items() if value is not None}
    call.store.put("github", "repository", repository["id"], repository | {"properties": kept})
