"""Cookies: signed, for a while, read by no script and sent by no page of another site."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import cookie_parser
from starlette.responses import Response

from server.auth.oidc import LoginRefused
from server.auth.seals import Seal

_MAX_COOKIE = 3_900


class Jar:
    """What browsers keep for us. `address` is the server's own, as browsers see it."""

    def __init__(self, seal: Seal, *, address: str) -> None:
        self._seal = seal
        self._origin = address.rstrip("/")
        self._secure = address.startswith("https:")
        self._prefix = "__Host-agentos_" if self._secure else "agentos_"

    def own(self, host: str) -> tuple[str, ...]:
        """The origins of our pages, for a browser that calls this server by that name.

        A page whose name was led here is none of them: to its name no cookie of ours is sent.
        """
        plain = () if self._secure else (f"http://{host}",)
        return (self._origin, f"https://{host}", *plain)

    def opened(self, kind: str, cookies: str) -> dict[str, Any] | None:
        """What was given; None when it is over, was changed or never given."""
        text = cookie_parser(cookies).get(f"{self._prefix}{kind}")
        return self._seal.open(kind, text) if text else None

    def give(
        self, response: Response, kind: str, content: Mapping[str, Any], seconds: float
    ) -> None:
        """Have the browser keep it."""
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

    def take(self, response: Response, *kinds: str) -> None:
        """Have the browser forget it."""
        for kind in kinds:
            response.delete_cookie(
                f"{self._prefix}{kind}", httponly=True, samesite="lax", secure=self._secure
            )
