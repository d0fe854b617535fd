"""Several runs at once: what they are to be asked for is shown first, then what came of each."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from domain.errors import Invalid, NotAllowed, NotFound
from domain.runs import RunState
from domain.sheets import write_rows
from server.console import choice, forms
from server.console.choice import MOVES
from server.console.filters import Filters
from server.console.route import PageRoute, status_of
from server.console.shell import Console, ConsoleHere
from server.console.words import counted
from server.lifecycle import bulk
from server.lifecycle.bulk import Outcome
from server.lifecycle.service import Actor

router = APIRouter(prefix="/runs/chosen", route_class=PageRoute, include_in_schema=False)
Chosen = Annotated[list[str] | None, Query(alias="run")]


@router.get("")
async def confirm(
    request: Request,
    console: ConsoleHere,
    run_ids: Chosen = None,
    move: str = "",
    came_from: Annotated[str, Query(alias="from", max_length=2_000)] = "",
) -> Response:
    """What the move would do to each of them; nothing is done by looking at it."""
    if move not in choice.CONSEQUENCE:
        raise NotFound("There is no such page.", advice="Choose runs in the list of runs.")
    actor = console.reader(request)
    found = await bulk.read(console.service, run_ids or (), actor)
    prospects = [choice.prospect(console.service, move, run, actor) for run in found]
    meant = [one.run for one in prospects if one.meant]
    return await console.page(
        request,
        "chosen.html",
        title=f"{MOVES[move].verb} {counted(len(meant), 'run')}?" if meant else "Nothing to do",
        text=choice.CONSEQUENCE[move],
        prospects=prospects,
        missing=len(bulk.within(run_ids or ())) - len(found),
        moves=[(name, MOVES[name]) for name in _offered(move, meant)],
        number=len(meant),
        barred=_barred(actor, move),
        came_from=came_from,
        back=_back(console, came_from),
    )


@router.get(".csv")
async def export(request: Request, console: ConsoleHere, run_ids: Chosen = None) -> Response:
    """The chosen runs as a sheet."""
    found = await bulk.read(console.service, run_ids or (), console.reader(request))
    return Response(
        write_rows(choice.sheet(found)),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="runs.csv"'},
    )


@router.post("")
async def carry_out(request: Request, console: ConsoleHere) -> Response:
    """Ask it of each run, and tell what came of each."""
    form = await forms.read(request)
    actor, move = console.actor(request), forms.text(form, "move") or ""
    if move not in MOVES:
        raise NotFound("There is no such page.", advice="Choose runs in the list of runs.")
    outcomes = await _ask(console, move, form, actor)
    after = await bulk.read(console.service, [one.run_id for one in outcomes], actor)
    runs = {run.run_id: run for run in after}
    told = [choice.told(move, one, runs.get(one.run_id)) for one in outcomes]
    refused = [one.error for one in outcomes if one.error is not None]
    return await console.page(
        request,
        "outcomes.html",
        status=status_of(refused[0]) if len(refused) == len(outcomes) else 200,
        topic=None,
        outcomes=told,
        summary=choice.summary(told),
        back=_back(console, forms.text(form, "from") or ""),
    )


async def _ask(console: Console, move: str, form: FormData, actor: Actor) -> list[Outcome]:
    run_ids = [str(run_id) for run_id in form.getlist("run")]
    if move != "retry":
        undo = move == "undo"
        return await bulk.cancel(console.service, run_ids, actor, rollback=undo)
    try:
        versions = [int(str(version)) for version in form.getlist("version")]
        looked_at = dict(zip(run_ids, versions, strict=True))
    except ValueError as error:
        raise Invalid("The form is not whole.", advice="Choose the runs again.") from error
    return await bulk.retry(console.service, looked_at, actor)


def _offered(move: str, meant: list[RunState]) -> list[str]:
    """The buttons: undoing is offered where something may have been made."""
    if not meant:
        return []
    undoes = move == "cancel" and any(run.progress for run in meant)
    return [move, "undo"] if undoes else [move]


def _barred(actor: Actor, move: str) -> str | None:
    try:
        actor.require(MOVES[move].scope)
    except NotAllowed as refused:
        return f"{refused.message} {refused.advice}"
    return None


def _back(console: Console, query: str) -> str:
    """The list as it was narrowed; whatever else was given leads to the whole list."""
    return Filters.read(dict(parse_qsl(query)), console.service.systems).address()
