"""People in a browser: known by a cookie that they got when they logged in."""

from starlette.responses import Response

from domain.scopes import Scope
from server.api.jar import Jar
from server.auth.oidc import LoginRefused, Oidc, Person, Ticket
from server.lifecycle.service import Actor

TICKET_SECONDS = 600
_SESSION, _TICKET = "session", "login"


class People:
    """Logins at a provider, and the sessions that they begin."""

    def __init__(self, oidc: Oidc, jar: Jar, *, session_seconds: float) -> None:
        self.oidc = oidc
        self.jar = jar
        self._session_seconds = session_seconds

    async def actor(self, cookies: str) -> Actor | None:
        """Who has a session; None when it is over or was never given out."""
        known = self.jar.opened(_SESSION, cookies)
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
        self.jar.give(response, _SESSION, content, self._session_seconds)
        self.jar.take(response, _TICKET)

    def remember(self, response: Response, ticket: Ticket, then: str) -> None:
        """Keep the ticket in the browser that will come back, and where it wanted to go."""
        self.jar.give(response, _TICKET, ticket._asdict() | {"then": then}, TICKET_SECONDS)

    def remembered(self, cookies: str) -> tuple[Ticket, str]:
        """What this browser keeps of its login; `LoginRefused` if it has begun none."""
        known = self.jar.opened(_TICKET, cookies)
        if known is None:
            raise LoginRefused("This browser has not begun to log in.")
        return Ticket(known["state"], known["nonce"], known["verifier"]), known["then"]

    def forget(self, response: Response) -> None:
        """End the session in this browser."""
        self.jar.take(response, _SESSION, _TICKET)
