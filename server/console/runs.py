"""The page of all runs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from domain.errors import Invalid
from domain.status import RunStatus
from server.console.cards import cards
from server.console.filters import GROUPS, Filters, FiltersHere
from server.console.route import PageRoute, status_of
from server.console.shell import Console, ConsoleHere, go
from server.lifecycle import bookmarks, reads

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_PAGE = 50


@router.get("/")
async def home() -> Response:
    """The console begins with the runs."""
    return go("/runs")


@router.get("/runs")
async def list_runs(
    request: Request,
    console: ConsoleHere,
    filters: FiltersHere,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """Runs, newest first; what is chosen stands in the address."""
    return await runs_page(request, console, filters, cursor=cursor)


async def runs_page(
    request: Request,
    console: Console,
    filters: Filters,
    *,
    cursor: str | None = None,
    error: Invalid | None = None,
    typed: str = "",
) -> Response:
    """The runs that are meant; `error` says why a view of the name `typed` was not kept."""
    actor = console.reader(request)
    tenant = actor.tenant
    page = await reads.list_runs(
        console.service, tenant=tenant, **filters.wanted, limit=_PAGE, cursor=cursor
    )
    counts = await reads.count_runs(console.service, tenant=tenant)
    chips = [
        {
            "name": name,
            "word": word,
            "count": sum(counts[status] for status in (statuses or RunStatus)),
            "href": filters.address(state=name if name != "all" else ""),
        }
        for name, (word, statuses) in GROUPS.items()
    ]
    following = page.next_cursor
    return await console.page(
        request,
        "runs.html",
        status=status_of(error) if error else 200,
        error=error,
        typed=typed,
        views=await bookmarks.list_bookmarks(console.service, actor),
        rows=[(run, cards(run)) for run in page.items],
        chips=chips,
        filters=filters,
        state=filters.state or "all",
        systems=list(console.service.systems),
        askers=sorted({run.launched_by for run in page.items}),
        first=filters.address(),
        following=filters.address(cursor=following) if following else None,
        beyond_first=cursor is not None,
        narrowed=bool(filters.query()),
    )
