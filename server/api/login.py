"""Logging in and out, for browsers."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from server.api.people import People

LOGIN = "/auth/login"
CALLBACK = "/auth/callback"
_HERE = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_NEVER = {"Cache-Control": "no-store"}


def router(people: People) -> APIRouter:
    """The addresses under `/auth`."""
    routes = APIRouter(prefix="/auth", include_in_schema=False)

    @routes.get("/login")
    async def login(then: str = "/") -> Response:
        """To the provider, and back to a page of ours."""
        address, ticket = await people.oidc.begin()
        response = RedirectResponse(address, 303, _NEVER)
        people.remember(response, ticket, then if _HERE.fullmatch(then) else "/")
        return response

    @routes.get("/callback")
    async def callback(request: Request) -> Response:
        """Back from the provider."""
        ticket, then = people.remembered(request.headers.get("cookie", ""))
        person = await people.oidc.finish(ticket, request.query_params)
        response = RedirectResponse(then, 303, _NEVER)
        people.welcome(response, person)
        return response

    @routes.post("/logout")
    async def logout() -> Response:
        """The session ends in this browser."""
        response = PlainTextResponse("You are logged out.\n", headers=_NEVER)
        people.forget(response)
        return response

    return routes
