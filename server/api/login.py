"""Logging in at a provider, and out again, for browsers."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from server.api.gate import Sessions
from server.api.origins import refuse_other_pages
from server.api.people import People
from server.auth.places import here

SIGNED_OUT = "/auth/signed-out"
CALLBACK = "/auth/callback"
_NEVER = {"Cache-Control": "no-store"}


def router(people: People) -> APIRouter:
    """The way to the provider and back."""
    routes = APIRouter(prefix="/auth", include_in_schema=False)

    @routes.get("/login")
    async def login(then: str = "/") -> Response:
        """To the provider, and back to a page of ours."""
        address, ticket = await people.oidc.begin()
        response = RedirectResponse(address, 303, _NEVER)
        people.remember(response, ticket, here(then))
        return response

    @routes.get("/callback")
    async def callback(request: Request) -> Response:
        """Back from the provider."""
        ticket, then = people.remembered(request.headers.get("cookie", ""))
        person = await people.oidc.finish(ticket, request.query_params)
        response = RedirectResponse(then, 303, _NEVER)
        people.welcome(response, person)
        return response

    return routes


def leaving(sessions: Sessions) -> APIRouter:
    """The way out, also for whom nothing is permitted and whose session is over."""
    routes = APIRouter(prefix="/auth", include_in_schema=False)

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        """The session ends in this browser."""
        host = request.headers.get("host", "")
        refuse_other_pages("POST", request.headers, *sessions.jar.own(host))
        response = RedirectResponse(SIGNED_OUT, 303, _NEVER)
        sessions.forget(response)
        return response

    return routes
