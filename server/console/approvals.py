"""The page of what waits for a person."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from domain.errors import NotFound
from domain.runs import RunState
from server.console import people
from server.console.cards import cards, planned
from server.console.differences import since_last
from server.console.question import question
from server.console.route import PageRoute
from server.console.run import moves_of, notes
from server.console.shell import WAITING, Console, ConsoleHere
from server.console.words import DECIDED
from server.lifecycle import reads

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_PAGE = 50


@router.get("/approvals")
async def approvals(
    request: Request,
    console: ConsoleHere,
    run: Annotated[str | None, Query(max_length=40)] = None,
    decided: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """The requests, oldest first, and the chosen one in full."""
    actor = console.reader(request)
    tenant = actor.tenant
    page = await reads.list_runs(
        console.service,
        tenant=tenant,
        status=WAITING,
        oldest_first=True,
        limit=_PAGE,
        cursor=cursor,
    )
    chosen = await _known(console, run, tenant) or next(iter(page.items), None)
    return await console.page(
        request,
        "approvals.html",
        rows=page.items,
        run=chosen,
        cards=cards(chosen) if chosen else [],
        notes=notes(chosen) if chosen else [],
        can=moves_of(chosen, actor) if chosen else {},
        since=await since_last(console.service, chosen, tenant) if chosen else None,
        question=question(console.service, chosen, actor) if chosen else None,
        person=people.FIELDS,
        planned=planned,
        decided=DECIDED,
        settled=await _known(console, decided, tenant),
        following=page.next_cursor,
        problem=None,
        typed="",
    )


async def _known(console: Console, run_id: str | None, tenant: str) -> RunState | None:
    try:
        return await reads.get_run(console.service, run_id, tenant=tenant) if run_id else None
    except NotFound:
        return None
