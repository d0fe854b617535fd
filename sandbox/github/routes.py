"""GitHub's REST API, as far as teams, repositories, grants and people go."""

from fastapi import APIRouter, Response

from sandbox.github import (
    branches,
    collaborators,
    grants,
    installations,
    invitations,
    labels,
    memberships,
    orgs,
    repositories,
    teams,
)
from sandbox.github.answers import Routes, not_found
from sandbox.github.call import Asked

_NOUNS = (
    branches,
    collaborators,
    grants,
    installations,
    invitations,
    labels,
    memberships,
    orgs,
    repositories,
    teams,
)
_rest = Routes()


async def _nothing(call: Asked) -> Response:
    """Every other address, and every other method, is 404 in GitHub's form."""
    raise not_found()


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    _rest.on(_method, ("/{rest:path}",))(_nothing)


def router() -> APIRouter:
    """All nouns under one prefix."""
    routes = APIRouter()
    for noun in _NOUNS:
        routes.include_router(noun.router)
    routes.include_router(_rest)
    return routes
