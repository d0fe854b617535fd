"""The page of the systems and of the work that waits."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.errors import SystemFault
from domain.scopes import Scope
from server.console import forms
from server.console.route import PageRoute
from server.console.shell import Console, ConsoleHere
from server.lifecycle.health import readiness
from server.lifecycle.service import Service

router = APIRouter(prefix="/systems", route_class=PageRoute, include_in_schema=False)
_CHECK_SECONDS = 20.0


@router.get("")
async def systems(request: Request, console: ConsoleHere) -> Response:
    """What is connected, and whether the service itself is well."""
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
    console.reader(request)
    found = await readiness(console.service)
    return await console.page(
        request,
        "systems.html",
        topic=None,
        systems=list(console.service.systems),
        checked=checked,
        parts_of_service=found.checks,
    )


async def _ask(service: Service, name: str) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            health = await service.systems[name].check()
    except SystemFault as fault:
        return {"ok": False, "detail": f"{fault.message} {fault.advice}"}
    except TimeoutError:
        return {"ok": False, "detail": "No answer came in time."}
    return {"ok": health.ok, "detail": health.detail}
