"""The pages of many launches at once: a sheet is checked, started, steered and read back."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from domain.batches import LineState
from domain.errors import Invalid, NotFound, RequestError
from domain.outcomes import Outcome
from domain.scopes import Scope, permits
from domain.sheets import COLUMNS, MAX_BYTES
from domain.status import TERMINAL, RunStatus
from server.console import forms, uploads
from server.console.route import PageRoute, status_of
from server.console.shell import Console, ConsoleHere, go
from server.console.waterfall import WIDTH
from server.console.words import STATUS, Label, Tone, listed
from server.lifecycle import batches
from server.lifecycle.batches import Overview
from server.lifecycle.service import Actor, Service

router = APIRouter(prefix="/batches", route_class=PageRoute, include_in_schema=False)
BatchId = Annotated[str, Path(max_length=60)]
_PAGE = 50

LINES: dict[str, Label] = {
    LineState.READY: Label("Ready", Tone.QUIET),
    LineState.FAULTY: Label("With errors", Tone.BAD),
    LineState.KNOWN: Label("Launched before", Tone.QUIET),
    LineState.CANCELLED: Label("Not launched", Tone.QUIET),
    LineState.LAUNCHED: Label("Launched", Tone.BUSY),
    **{status.value: label for status, label in STATUS.items()},
}
"""What a row is at: the status of its run, or why it has none."""

OUTCOMES: Mapping[Outcome, Label] = {
    Outcome.DONE: Label("Done", Tone.GOOD),
    Outcome.FAILED: Label("Failed", Tone.BAD),
    Outcome.STOPPED: Label("Not made", Tone.QUIET),
    Outcome.WAITING: Label("Waiting", Tone.BUSY),
}


@router.get("")
async def list_batches(request: Request, console: ConsoleHere) -> Response:
    """The latest batches, and a form for a new one."""
    return await _list(request, console)


@router.post("")
async def submit(request: Request, console: ConsoleHere) -> Response:
    """Check a sheet that was chosen as a file, or pasted; nothing is launched by this."""
    console.actor(request).require(Scope.OPERATOR)
    sheet = name = ""
    try:
        form, file_name, file = await uploads.read(request)
        sheet, name = str(form.get("sheet", "")), forms.text(form, "name") or ""
        data, usual = (file, file_name) if file_name else (sheet.encode(), "sheet")
        if not data:
            raise Invalid("There is no sheet.", field="file", advice="Choose a file or paste it.")
        found = await batches.submit(console.service, data, name or usual, console.actor(request))
    except Invalid as error:
        return await _list(request, console, error=error, sheet=sheet, name=name)
    return go(f"/batches/{found.batch.batch_id}" + ("?again=yes" if found.replayed else ""))


@router.get("/{batch_id}")
async def show(
    request: Request,
    console: ConsoleHere,
    batch_id: BatchId,
    status: str = "",
    after: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0,
    again: str = "",
) -> Response:
    """What was read, or how far it has come."""
    return await _page(request, console, batch_id, status=status, after=after, again=again)


async def _start(service: Service, batch_id: str, actor: Actor, form: FormData) -> object:
    return await batches.start(service, batch_id, actor)


async def _pause(service: Service, batch_id: str, actor: Actor, form: FormData) -> object:
    return await batches.pause(service, batch_id, actor)


async def _cancel(service: Service, batch_id: str, actor: Actor, form: FormData) -> object:
    return await batches.cancel(service, batch_id, actor)


async def _retry(service: Service, batch_id: str, actor: Actor, form: FormData) -> object:
    return await batches.retry(service, batch_id, actor)


async def _approve(service: Service, batch_id: str, actor: Actor, form: FormData) -> object:
    looked_at = forms.text(form, "approvable") or ""
    return await batches.approve(service, batch_id, actor, approvable=looked_at)


Move = Callable[[Service, str, Actor, FormData], Awaitable[object]]
MOVES: Mapping[str, Move] = {
    "start": _start,
    "pause": _pause,
    "cancel": _cancel,
    "retry": _retry,
    "approve": _approve,
}


@router.post("/{batch_id}/{move}")
async def steer(request: Request, console: ConsoleHere, batch_id: BatchId, move: str) -> Response:
    """Carry it out and show the batch."""
    form = await forms.read(request)
    if move not in MOVES:
        raise NotFound("There is no such page.", advice="Go back to the batch.")
    try:
        await MOVES[move](console.service, batch_id, console.actor(request), form)
    except NotFound:
        raise
    except RequestError as error:
        return await _page(request, console, batch_id, error=error)
    return go(f"/batches/{batch_id}")


async def _list(
    request: Request,
    console: Console,
    *,
    error: RequestError | None = None,
    sheet: str = "",
    name: str = "",
) -> Response:
    return await console.page(
        request,
        "batches.html",
        status=status_of(error) if error else 200,
        rows=await batches.list_batches(console.service, console.reader(request)),
        columns=COLUMNS,
        limit=MAX_BYTES,
        error=error,
        sheet=sheet,
        name=name,
    )


async def _page(
    request: Request,
    console: Console,
    batch_id: str,
    *,
    status: str = "",
    after: int = 0,
    again: str = "",
    error: RequestError | None = None,
) -> Response:
    actor = console.reader(request)
    chosen = status if status in LINES else ""
    found = await batches.overview(console.service, batch_id, actor)
    lines = await batches.list_lines(
        console.service,
        batch_id,
        actor,
        status=(chosen,) if chosen else (),
        after=after,
        limit=_PAGE,
    )
    counts = found.progress.by_status
    return await console.page(
        request,
        "batch.html",
        status=status_of(error) if error else 200,
        batch=found.batch,
        progress=found.progress,
        approvable=found.approvable,
        marked=found.marked,
        counts=counts,
        labels=LINES,
        segments=_segments(found),
        by_system=_by_system(found, console.service.systems),
        lines=lines,
        chosen=chosen,
        after=after,
        following=lines[-1].line if len(lines) == _PAGE else None,
        can=_moves(found, actor),
        waiting_rows=counts.get(RunStatus.AWAITING_APPROVAL, 0),
        failing_rows=counts.get(RunStatus.ESCALATED, 0),
        again=again == "yes",
        error=error,
    )


def _moves(found: Overview, actor: Actor) -> dict[str, bool]:
    counts, state = found.progress.by_status, found.batch.state
    moves = permits(actor.scopes, Scope.OPERATOR)
    decides = permits(actor.scopes, Scope.APPROVER)
    ready = counts.get(LineState.READY, 0) > 0
    young = (RunStatus.QUEUED, RunStatus.PLANNING, RunStatus.AWAITING_APPROVAL)
    return {
        "start": moves and ready and state in ("checked", "paused"),
        "pause": moves and ready and state == "running",
        "cancel": moves and state != "cancelled" and (ready or any(counts.get(s) for s in young)),
        "approve": decides and found.approvable is not None,
        "retry": decides and counts.get(RunStatus.ESCALATED, 0) > 0,
    }


def _segments(found: Overview) -> list[dict[str, Any]]:
    """One bar of all rows, those that are done first."""
    counts = found.progress.by_status
    order = [*(s.value for s in RunStatus if s in TERMINAL), *LINES]
    return _bar([(LINES[name], counts[name]) for name in sorted(counts, key=order.index)])


def _by_system(found: Overview, systems: Collection[str]) -> list[dict[str, Any]]:
    """A bar for each system, of all runs that the batch has launched, and the same in words.

    What waits is what the bar has left to fill.
    """
    bars = []
    for name in dict.fromkeys((*systems, *sorted(found.by_system))):
        counts = found.by_system.get(name)
        if counts:
            told = [(label, counts[word]) for word, label in OUTCOMES.items()]
            filled = [part for part in _bar(told) if part["label"] != OUTCOMES[Outcome.WAITING]]
            words = listed([f"{number} {label.word.lower()}" for label, number in told if number])
            bars.append({"name": name, "segments": filled, "words": words})
    return bars


def _bar(counts: Sequence[tuple[Label, int]]) -> list[dict[str, Any]]:
    whole, x, parts = sum(number for _, number in counts) or 1, 0.0, []
    for label, number in counts:
        width = WIDTH * number / whole
        if number:
            parts.append({"x": round(x, 2), "width": round(width, 2), "label": label})
        x += width
    return parts
