"""People in a browser: known by a cookie that they got when they logged in."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import cookie_parser
from starlette.responses import Response

from domain.scopes import Scope
from server.auth.oidc import LoginRefused, Oidc, Person, Ticket
from server.auth.seals import Seal
from server.lifecycle.service import Actor

TICKET_SECONDS = 600
_MAX_COOKIE = 3_900
_SESSION, _TICKET = "session", "login"


class People:
    """Logins and sessions. `address` is the server's own, as browsers see it."""

    def __init__(self, oidc: Oidc, seal: Seal, *, address: str, session_seconds: float) -> None:
        self.oidc = oidc
        self.origin = address.rstrip("/")
        self._seal = seal
        self._secure = address.startswith("https:")
        self._prefix = "__Host-agentos_" if self._secure else "agentos_"
        self._session_seconds = session_seconds

    def actor(self, cookies: str) -> Actor | None:
        """Who has a session; None when it is over or was never given out."""
        known = self._opened(_SESSION, cookies)
        if known is None:
            return None
        groups, scopes = frozenset(known["groups"]), frozenset(map(Scope, known["scopes"]))
        return Actor(known["name"], "api", known["tenant"], groups, scopes)

    def welcome(self, response: Response, person: Person) -> None:
        """Begin a session."""
        content = {
            "name": person.name,
            "tenant": person.tenant,
            "groups": sorted(person.groups),
            "scopes": sorted(person.scopes),
        }
        self._give(response, _SESSION, content, self._session_seconds)
        self._take(response, _TICKET)

    def remember(self, response: Response, ticket: Ticket, then: str) -> None:
        """Keep the ticket in the browser that will come back, and where it wanted to go."""
        self._give(response, _TICKET, ticket._asdict() | {"then": then}, TICKET_SECONDS)

    def remembered(self, cookies: str) -> tuple[Ticket, str]:
        """What this browser keeps of its login; `LoginRefused` if it has begun none."""
        known = self._opened(_TICKET, cookies)
        if known is None:
            raise LoginRefused("This browser has not begun to log in.")
        return Ticket(known["state"], known["nonce"], known["verifier"]), known["then"]

    def forget(self, response: Response) -> None:
        """End the session in this browser."""
        self._take(response, _SESSION)
        self._take(response, _TICKET)

    def _opened(self, kind: str, cookies: str) -> dict[str, Any] | None:
        text = cookie_parser(cookies).get(f"{self._prefix}{kind}")
        return self._seal.open(kind, text) if text else None

    def _give(
        self, response: Response, kind: str, content: Mapping[str, Any], seconds: float
    ) -> None:
        text = self._seal.close(kind, dict(content), seconds=seconds)
        if len(text) > _MAX_COOKIE:
            raise LoginRefused(
                "The provider names more groups than a browser keeps.",
                advice="Have it send only those that AGENTOS_OIDC_SCOPES or approvals need.",
            )
        response.set_cookie(
            f"{self._prefix}{kind}",
            text,
            max_age=int(seconds),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def _take(self, response: Response, kind: str) -> None:
        response.delete_cookie(
            f"{self._prefix}{kind}", httponly=True, samesite="lax", secure=self._secure
        )
