"""Who asks is known, or refused, before anything else is looked at: even the body is not read.

Whoever adds an address need not think of it: all are shut but those named here.
"""

import time
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import AgentOSError, NotAllowed, StoreUnavailable
from domain.scopes import ALL_SCOPES
from server.api import problems
from server.api.errors import KeyRequired, UnknownHost
from server.api.jar import Jar
from server.api.origins import refuse_other_pages
from server.api.refusals import is_page, shown
from server.auth.exchange import ACTOR, REQUEST_ID, STILL, Still
from server.lifecycle.callers import FRESH_SECONDS, KeyRing
from server.lifecycle.service import Actor

LOGIN = "/auth/login"
LOCAL_OPERATOR = Actor("operator", "api", scopes=ALL_SCOPES, unproved=True)
"""Everybody, where nobody has to log in: whoever can use this machine."""

OPEN = (
    "/health",
    "/docs",
    "/openapi.json",
    "/static-offline-docs",
    "/auth",
    "/assets",
    "/webhooks",
    "/api/v1/webhooks",
)
"""Addresses, and all below them, that tell nothing of runs or see for themselves who asks."""


class Sessions(Protocol):
    """Who has logged in in a browser."""

    jar: Jar

    async def actor(self, cookies: str) -> Actor | None:
        """Who has a session; None when there is none, or no more."""
        ...

    def forget(self, response: Response) -> None:
        """End the session in this browser."""
        ...


@dataclass(frozen=True)
class Access:
    """How callers are known: by `keys`, or by `sessions` of browsers. Without `keys` everybody is
    the local operator.

    `hosts` are the names by which this server may be called; any, if there are none. Where the
    machine alone is trusted, they keep out pages whose own name leads to this address.
    """

    keys: KeyRing | None = None
    sessions: Sessions | None = None
    hosts: frozenset[str] = frozenset()

    async def caller(self, method: str, headers: Headers) -> Actor:
        """Who asks; `KeyRequired` when nobody known does, `NotAllowed` when it may do nothing."""
        host = headers.get("host", "")
        if self.keys is None:
            refuse_other_pages(method, headers, f"http://{host}", f"https://{host}", None)
            return LOCAL_OPERATOR
        given = headers.getlist("authorization")
        if self.sessions and not given:
            actor = await self.sessions.actor("; ".join(headers.getlist("cookie")))
            if actor is not None:
                refuse_other_pages(method, headers, *self.sessions.jar.own(host))
        else:
            scheme, _, text = given[0].partition(" ") if len(given) == 1 else ("", "", "")
            actor = await self.keys.holder(text.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise KeyRequired("Nobody is known to have sent this.")
        if not actor.scopes:
            raise NotAllowed("You are known, but nothing is permitted to you here.")
        return actor

    def still(self, headers: Headers, actor: Actor) -> Still:
        """Asks again now and then; what cannot be asked is taken to be as it was."""
        asked_at = time.monotonic()

        async def ask() -> bool:
            nonlocal asked_at
            if time.monotonic() - asked_at < FRESH_SECONDS:
                return True
            asked_at = time.monotonic()
            try:
                return await self.caller("GET", headers) == actor
            except (KeyRequired, NotAllowed):
                return False
            except StoreUnavailable:
                return True

        return ask

    def refuse_other_hosts(self, headers: Headers) -> None:
        """`UnknownHost` unless the caller means this server by one of its names."""
        named = headers.getlist("host")
        if self.hosts and (len(named) != 1 or _without_port(named[0]) not in self.hosts):
            raise UnknownHost("This server is not known by the name in the Host header.")


class Gate:
    """The middleware that every request passes; behind it the actor is known."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._access.refuse_other_hosts(headers)
            if not _is_open(scope):
                actor = await self._access.caller(scope["method"], headers)
                scope = {**scope, ACTOR: actor}
                if self._access.keys:
                    scope[STILL] = self._access.still(headers, actor)
        except AgentOSError as error:
            refused = await self._refusal(error, scope)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refusal(self, error: AgentOSError, scope: Scope) -> Response:
        """Who looks at a page and may log in is sent to do so."""
        unknown = isinstance(error, KeyRequired) and self._access.sessions
        if unknown and scope["method"] in ("GET", "HEAD") and is_page(scope):
            asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}".rstrip("?")
            return RedirectResponse(f"{LOGIN}?{urlencode({'then': asked})}", 303)
        return await shown(scope, problems.answer(error, scope[REQUEST_ID]))


def _is_open(scope: Scope) -> bool:
    """By the path that the router matches too, never by one made from headers."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return any(path == address or path.startswith(f"{address}/") for address in OPEN)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()
