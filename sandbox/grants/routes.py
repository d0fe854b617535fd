"""CommonGrants 0.4.0: competitions, organisations, applications and their forms."""

from fastapi import APIRouter, Response

from sandbox.grants import applications, catalogue, search
from sandbox.grants.answers import Asked, GrantsError, new_router

_rest = new_router()


@_rest.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def nothing(call: Asked) -> Response:
    """Whatever the protocol has not."""
    raise GrantsError(404, "Not found")


def router() -> APIRouter:
    """The protocol's routes, without their common prefix."""
    routes = APIRouter()
    for part in (search, applications, catalogue):
        routes.include_router(part.router)
    routes.include_router(_rest)
    return routes
