"""The page of the systems and of those who work on them."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.errors import SystemFault
from domain.scopes import Scope
from domain.sightings import Sighting
from server.console import forms
from server.console.route import PageRoute
from server.console.shell import Console, ConsoleHere
from server.console.words import CIRCUITS, FAULTS, Label, Tone
from server.lifecycle.health import readiness
from server.lifecycle.processes import look
from server.lifecycle.service import Service

router = APIRouter(prefix="/systems", route_class=PageRoute, include_in_schema=False)
_CHECK_SECONDS = 20.0
PROCESSES = {
    "works": Label("Executes runs", Tone.GOOD),
    "serves": Label("Serves callers only", Tone.QUIET),
    "gone": Label("Not seen any more", Tone.BAD),
}


@router.get("")
async def systems(request: Request, console: ConsoleHere) -> Response:
    """What the latest calls have shown, who is at work, and whether the service itself is well."""
    return await _page(request, console, {})


@router.post("/check")
async def check(request: Request, console: ConsoleHere) -> Response:
    """Ask each system now: only when a person wants it, since some of them count such calls."""
    await forms.read(request)
    console.actor(request).require(Scope.OPERATOR)
    service = console.service
    said = await asyncio.gather(*(_ask(service, name) for name in service.systems))
    return await _page(request, console, dict(zip(service.systems, said, strict=True)))


async def _page(request: Request, console: Console, checked: dict[str, Any]) -> Response:
    found, known = await asyncio.gather(
        readiness(console.service), look(console.service, console.reader(request))
    )
    return await console.page(
        request,
        "systems.html",
        topic=None,
        systems=[(one, _label(one.seen, checked.get(one.name))) for one in known.systems],
        processes=known.processes,
        checked=checked,
        parts_of_service=found.checks,
        circuits=CIRCUITS,
        faults=FAULTS,
        states=PROCESSES,
    )


def _label(seen: Sighting, checked: dict[str, Any] | None) -> Label:
    """The check that was just made has the last word."""
    if checked is not None:
        return Label("Well", Tone.GOOD) if checked["ok"] else Label("Not well", Tone.BAD)
    if seen.asked_at is None:
        return Label("Not asked yet", Tone.QUIET)
    if seen.silent_since is not None:
        return Label("Does not answer", Tone.BAD)
    return Label("Answers", Tone.GOOD)


async def _ask(service: Service, name: str) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            health = await service.systems[name].check()
    except SystemFault as fault:
        return {"ok": False, "detail": f"{fault.message} {fault.advice}"}
    except TimeoutError:
        return {"ok": False, "detail": "No answer came in time."}
    return {"ok": health.ok, "detail": health.detail}
