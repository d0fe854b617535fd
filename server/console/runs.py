"""The page of all runs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from domain.status import WORKING, RunStatus
from server.console.cards import cards
from server.console.route import PageRoute
from server.console.shell import WAITING, ConsoleHere, go
from server.lifecycle import reads

router = APIRouter(route_class=PageRoute, include_in_schema=False)

GROUPS: Mapping[str, tuple[str, tuple[RunStatus, ...]]] = {
    "all": ("All", ()),
    "waiting": ("Needs a person", WAITING),
    "running": ("Running", tuple(s for s in RunStatus if s in WORKING)),
    "paused": ("Paused", (RunStatus.PAUSED,)),
    "completed": ("Completed", (RunStatus.COMPLETED,)),
    "failed": ("Failed", (RunStatus.FAILED,)),
    "stopped": (
        "Stopped",
        (RunStatus.DENIED, RunStatus.EXPIRED, RunStatus.CANCELLED, RunStatus.ROLLED_BACK),
    ),
}
_PAGE = 50


@router.get("/")
async def home() -> Response:
    """The console begins with the runs."""
    return go("/runs")


@router.get("/runs")
async def list_runs(
    request: Request,
    console: ConsoleHere,
    state: str = "all",
    q: Annotated[str, Query(max_length=200)] = "",
    since: str = "",
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """Runs, newest first; what is chosen stands in the address."""
    tenant = console.reader(request).tenant
    state = state if state in GROUPS else "all"
    after = _day(since)
    page = await reads.list_runs(
        console.service,
        tenant=tenant,
        status=GROUPS[state][1],
        search=q.strip() or None,
        created_after=after,
        limit=_PAGE,
        cursor=cursor,
    )
    counts = await reads.count_runs(console.service, tenant=tenant)
    kept = {"q": q.strip(), "since": since if after else ""}
    chips = [
        {
            "name": name,
            "word": word,
            "count": sum(counts[status] for status in (statuses or RunStatus)),
            "href": _address(state=name if name != "all" else "", **kept),
        }
        for name, (word, statuses) in GROUPS.items()
    ]
    chosen = {"state": state if state != "all" else "", **kept}
    following = page.next_cursor
    return await console.page(
        request,
        "runs.html",
        rows=[(run, cards(run)) for run in page.items],
        chips=chips,
        state=state,
        filters=kept,
        first=_address(**chosen),
        following=_address(**chosen, cursor=following) if following else None,
        beyond_first=cursor is not None,
        narrowed=any(chosen.values()),
    )


def _address(**query: str) -> str:
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"/runs?{asked}" if asked else "/runs"


def _day(text: str) -> datetime | None:
    """The beginning of a day in UTC; None for anything that is no day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
