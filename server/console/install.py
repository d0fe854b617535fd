"""Puts the console into an application: its pages, its style sheet and its modules."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route
from starlette.types import Scope

from server.auth.places import here
from server.console import (
    approvals,
    batches,
    chat,
    chosen,
    door,
    forms,
    launch,
    moves,
    run,
    runs,
    systems,
    views,
)
from server.console.door import KeyDesk
from server.console.layout import Edge
from server.console.pokes import Pokes
from server.console.poking import Poking
from server.console.rendering import STATIC, assets, environment, style
from server.console.route import HEADERS, PageRoute, refused
from server.console.shell import THEME, THEMES, Console, WorkerWatch, go, keep
from server.lifecycle.chats import Chats
from server.lifecycle.names import NameCheck
from server.lifecycle.service import Actor, Service

_STYLE = style()
router = APIRouter(route_class=PageRoute, include_in_schema=False)


def install(
    app: FastAPI,
    service: Service,
    stopping: asyncio.Event,
    *,
    actor: Callable[[Request], Actor],
    edges: Sequence[Edge],
    sandbox: bool,
    logs_out: bool = False,
    keys: KeyDesk | None = None,
    chats: Chats | None = None,
) -> None:
    """Serve the console at `/`. Its streams end when `stopping` is set.

    `actor` tells who asks, `edges` are those of the state machine. `logs_out`:
    people have logged in, and may log out. With `keys` they do so by entering one. Without `chats`
    there is no supervisor.
    """
    app.state.console = Console(
        service=service,
        pokes=Pokes(service.bell, stopping),
        templates=environment(),
        edges=edges,
        assets=assets(),
        sandbox=sandbox,
        logs_out=logs_out,
        chats=chats,
        watch=WorkerWatch(service),
        names=NameCheck(service),
        actor=lambda request: replace(actor(request), door="console"),
    )
    pages = (runs, chosen, views, run, moves, approvals, launch, batches, chat, systems)
    routers = [page.router for page in pages] + [router]
    if logs_out:
        routers.append(door.router)
    if keys:
        routers.append(door.entry(keys))
    for each in routers:  # including them would make each page anew for every application
        app.router.routes.extend(each.routes)
    app.state.refusal_page = refused
    app.router.routes.append(Route("/pokes", Poking(), include_in_schema=False))
    app.mount(assets(), _Kept(directory=STATIC))


@router.post("/theme")
async def theme(request: Request) -> Response:
    """Remember how the pages shall look."""
    form = await forms.read(request)
    chosen = form.get("theme")
    response = go(here(forms.text(form, "back")))
    keep(request, response, THEME, chosen if chosen in THEMES else THEMES[0])
    return response


class _Kept(StaticFiles):
    """The style sheet and the modules; their address changes with them, so they may be kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == "console.css":
            response = Response(_STYLE, media_type="text/css")
        else:
            response = await super().get_response(path, scope)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
