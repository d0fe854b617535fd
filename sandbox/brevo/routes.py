"""Brevo's API v3, as far as contacts, lists, folders, attributes and the account go."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from sandbox.brevo import contacts, lists
from sandbox.brevo.answers import BrevoError, answer


class BrevoRoute(APIRoute):
    """Turns a refusal into Brevo's own form of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except BrevoError as error:
                return answer(error.status, error.body)

        return guarded


def router() -> APIRouter:
    """Lists before contacts, whose `{identifier}` would swallow `lists`."""
    routes = APIRouter(route_class=BrevoRoute)
    for source in (lists.router, contacts.router):
        for route in source.routes:
            if isinstance(route, APIRoute):
                routes.add_api_route(route.path, route.endpoint, methods=list(route.methods or ()))
    return routes
