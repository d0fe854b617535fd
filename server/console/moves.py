"""What is asked of a run from its page; each is a form, and each leads back to the page."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from domain.decisions import Answer, DecisionKind
from domain.errors import AlreadyDecided, Invalid, RequestError, StalePlan
from domain.names import clean_text
from server.console import forms
from server.console.question import edited
from server.console.route import PageRoute, status_of
from server.console.run import RunId, found, lost, run_page
from server.console.shell import Console, ConsoleHere, go
from server.lifecycle import cancels, decisions, pauses, steps, verifications
from server.lifecycle.service import Actor, Service

router = APIRouter(prefix="/runs/{run_id}", route_class=PageRoute, include_in_schema=False)
Move = Callable[[Service, str, Actor, FormData], Awaitable[object]]


async def _decide(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    word = forms.text(form, "decision") or ""
    if word not in DecisionKind:
        raise Invalid("No decision was chosen.", advice="Choose one of the buttons.")
    kind, reason = DecisionKind(word), _reason(form)
    if kind is DecisionKind.DENY and reason is None:
        raise Invalid(
            "Denying needs a reason.", field="reason", advice="Say why; whoever asked reads it."
        )
    digest = forms.text(form, "digest")
    answer = Answer(kind=kind, reason=reason, digest=digest)
    if kind is DecisionKind.APPROVE:
        systems = tuple(str(name) for name in form.getlist("systems"))
        if not systems:
            raise Invalid("No system is chosen.", field="systems", advice="Choose one, or deny.")
        answer = Answer(kind=kind, digest=digest, systems=systems)
    if kind is DecisionKind.ANSWER:
        said = clean_text(str(form.get("text", "")), "text", limit=2_000)
        answer = Answer(kind=kind, text=said or None)
    if kind is DecisionKind.EDIT:
        answer = Answer(kind=kind, digest=digest, edit=edited(form))
    return await decisions.decide(service, run_id, answer, actor)


async def _cancel(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    undo = form.get("undo") == "yes"
    return await cancels.cancel(service, run_id, actor, rollback=undo, reason=_reason(form))


async def _pause(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    return await pauses.pause(service, run_id, actor)


async def _resume(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    return await pauses.resume(service, run_id, actor)


async def _verify(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    return await verifications.verify(service, run_id, actor)


async def _step(service: Service, run_id: str, actor: Actor, form: FormData) -> object:
    name = forms.text(form, "system") or ""
    if form.get("move") == "retry":
        return await steps.retry_step(service, run_id, name, actor)
    reason = _reason(form)
    if reason is None:
        raise Invalid("Skipping needs a reason.", field="reason", advice="Say why; it is reported.")
    return await steps.skip_step(service, run_id, name, actor, reason=reason)


MOVES: dict[str, Move] = {
    "decide": _decide,
    "cancel": _cancel,
    "pause": _pause,
    "resume": _resume,
    "verify": _verify,
    "step": _step,
}


@router.post("/decide")
@router.post("/cancel")
@router.post("/pause")
@router.post("/resume")
@router.post("/verify")
@router.post("/step")
async def move(request: Request, console: ConsoleHere, run_id: RunId) -> Response:
    """Carry it out and show the run; what was refused is said on the page, and nothing is lost."""
    form = await forms.read(request)
    name = request.url.path.rpartition("/")[2]
    try:
        await MOVES[name](console.service, run_id, console.actor(request), form)
    except RequestError as error:
        return await _refused(request, console, run_id, error, form)
    return go(_back(form, run_id))


async def _refused(
    request: Request, console: Console, run_id: str, error: RequestError, form: FormData
) -> Response:
    run = await found(request, console, run_id)
    told: dict[str, Any] = {"title": error.message, "text": error.advice, "at": None}
    if isinstance(error, AlreadyDecided | StalePlan):
        told = lost(error)
    return await run_page(
        request,
        console,
        run,
        status=status_of(error),
        problem=told,
        typed=forms.text(form, "reason") or forms.text(form, "text") or "",
    )


def _back(form: FormData, run_id: str) -> str:
    return "/approvals?decided=" + run_id if form.get("from") == "approvals" else f"/runs/{run_id}"


def _reason(form: FormData) -> str | None:
    typed = forms.text(form, "reason")
    return (clean_text(typed, "reason", limit=2_000) or None) if typed else None
