"""Who asks is known, or refused, before anything else is looked at: even the body is not read.

Whoever adds an address need not think of it: all are shut but those named here.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import AgentOSError, NotAllowed
from domain.scopes import ALL_SCOPES
from server.api import problems
from server.api.errors import KeyRequired, UnknownHost
from server.api.login import LOGIN
from server.api.people import People
from server.lifecycle.callers import KeyRing
from server.lifecycle.service import Actor

ACTOR_KEY = "agentos.actor"
LOCAL_OPERATOR = Actor("operator", "api", scopes=ALL_SCOPES, unproved=True)
"""Everybody, where nobody has to log in: whoever can use this machine."""

OPEN = (
    "/health",
    "/docs",
    "/openapi.json",
    "/static-offline-docs",
    "/auth/login",
    "/auth/callback",
    "/webhooks",
    "/api/v1/webhooks",
)
"""Addresses, and all below them, that tell nothing of runs or see for themselves who asks."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Access:
    """How callers are known: by `keys`, or as `people` who have logged in. Without `keys` everybody
    is the local operator.

    `hosts` are the names by which this server may be called; any, if there are none. Where the
    machine alone is trusted, they keep out pages whose own name leads to this address.
    """

    keys: KeyRing | None = None
    people: People | None = None
    hosts: frozenset[str] = frozenset()

    async def caller(self, method: str, headers: Headers) -> Actor:
        """Who asks; `KeyRequired` when nobody known does, `NotAllowed` when it may do nothing."""
        if self.keys is None:
            host = headers.get("host", "")
            _refuse_other_pages(method, headers, f"http://{host}", f"https://{host}", None)
            return LOCAL_OPERATOR
        given = headers.getlist("authorization")
        if self.people and not given:
            actor = self.people.actor("; ".join(headers.getlist("cookie")))
            if actor is not None:
                _refuse_other_pages(method, headers, self.people.origin)
        else:
            scheme, _, text = given[0].partition(" ") if len(given) == 1 else ("", "", "")
            actor = await self.keys.holder(text.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise KeyRequired("Nobody is known to have sent this.")
        if not actor.scopes:
            raise NotAllowed("You are known, but nothing is permitted to you here.")
        return actor

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
                scope = {**scope, ACTOR_KEY: actor}
        except AgentOSError as error:
            refused: Response
            if isinstance(error, KeyRequired) and self._access.people and _is_page(scope, headers):
                asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}".rstrip("?")
                refused = RedirectResponse(f"{LOGIN}?{urlencode({'then': asked})}", 303)
                await refused(scope, receive, send)
                return
            refused = problems.answer(error, scope[problems.REQUEST_ID_KEY])
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_open(scope: Scope) -> bool:
    """By the path that the router matches too, never by one made from headers."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return any(path == address or path.startswith(f"{address}/") for address in OPEN)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _is_page(scope: Scope, headers: Headers) -> bool:
    """Whether somebody looks at it, who can be sent to log in."""
    return scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", "")


def _refuse_other_pages(method: str, headers: Headers, *own: str | None) -> None:
    """`NotAllowed` for what a page of another site has a browser do, which is known to us.

    Every browser says from where it writes. None in `own` takes what says nothing for no browser.
    """
    if method in _SAFE:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    from_here = origin in own or (origin is None and site == "same-origin")
    if site not in (None, "same-origin", "none") or not from_here:
        raise NotAllowed(
            "A page of another site sent this.", advice="Send it from the console or by yourself."
        )
