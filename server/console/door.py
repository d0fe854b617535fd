"""The pages before the others: in with a key, and out."""

from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.auth.places import here
from server.console import forms
from server.console.route import PageRoute
from server.console.shell import Console, ConsoleHere, go

router = APIRouter(prefix="/auth", route_class=PageRoute, include_in_schema=False)


class KeyDesk(Protocol):
    """Where a key is exchanged for a session."""

    async def welcome(self, response: Response, text: str) -> bool:
        """Begin a session for whoever has entered this; False when it is no key that is valid."""
        ...


@router.get("/signed-out")
async def signed_out(request: Request, console: ConsoleHere) -> Response:
    """The session has ended in this browser."""
    return await console.page(request, "signed_out.html", known=False, topic=None)


def entry(keys: KeyDesk) -> APIRouter:
    """The page on which a key is entered."""
    routes = APIRouter(prefix="/auth", route_class=PageRoute, include_in_schema=False)

    @routes.get("/login")
    async def ask(request: Request, console: ConsoleHere, then: str = "/") -> Response:
        """For whoever is not known."""
        return await _asked(request, console, here(then))

    @routes.post("/login")
    async def enter(request: Request, console: ConsoleHere) -> Response:
        """A session for a key that is valid now, and on to where one wanted to go."""
        form = await forms.read(request)
        then = here(forms.text(form, "then"))
        response = go(then)
        if await keys.welcome(response, forms.text(form, "key") or ""):
            response.headers["Cache-Control"] = "no-store"
            return response
        return await _asked(request, console, then, status=401, refused=True)

    return routes


async def _asked(request: Request, console: Console, then: str, **more: Any) -> Response:
    values = {"refused": False, **more}
    return await console.page(request, "sign_in.html", known=False, topic=None, then=then, **values)
