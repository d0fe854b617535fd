"""Views of the runs that whoever looks keeps for themselves."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.errors import Invalid
from domain.names import readable
from server.console import forms
from server.console.filters import FiltersHere
from server.console.route import PageRoute
from server.console.runs import runs_page
from server.console.shell import ConsoleHere, go
from server.lifecycle import bookmarks

router = APIRouter(prefix="/runs/views", route_class=PageRoute, include_in_schema=False)


@router.post("")
async def keep(request: Request, console: ConsoleHere, filters: FiltersHere) -> Response:
    """Keep what the address narrows the runs to."""
    form = await forms.read(request)
    name = forms.text(form, "name") or ""
    try:
        await bookmarks.keep(console.service, name, filters.query(), console.actor(request))
    except Invalid as error:
        return await runs_page(request, console, filters, error=error, typed=name)
    return go(filters.address())


@router.post("/remove")
async def remove(request: Request, console: ConsoleHere, filters: FiltersHere) -> Response:
    """Keep it no longer, and go on with the runs as they are shown."""
    form = await forms.read(request)
    view = readable(forms.text(form, "view") or "", "view")
    await bookmarks.drop(console.service, view, console.actor(request))
    return go(filters.address())
