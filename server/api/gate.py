"""Who asks, known before anything else is looked at."""

from starlette.types import ASGIApp, Receive, Scope, Send

from domain.scopes import ALL_SCOPES
from server.lifecycle.service import Actor

ACTOR_KEY = "agentos.actor"
LOCAL_OPERATOR = Actor("operator", "api", scopes=ALL_SCOPES, unproved=True)
"""Everybody, where nobody has to log in: whoever can use this machine."""


class Gate:
    """The middleware that every request to the API passes; behind it the actor is known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, ACTOR_KEY: LOCAL_OPERATOR}
        await self._app(scope, receive, send)
