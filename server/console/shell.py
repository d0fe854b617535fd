"""What every page has around it, and how it is sent."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from domain.errors import StoreUnavailable
from domain.scopes import Scope, permits
from domain.status import RunStatus
from server.console import forms
from server.console.layout import Edge
from server.console.pokes import Pokes
from server.lifecycle import reads
from server.lifecycle.chats import Chats
from server.lifecycle.names import NameCheck
from server.lifecycle.service import ANY_RUN, Actor, Service

WAITING = (RunStatus.AWAITING_APPROVAL, RunStatus.ESCALATED, RunStatus.NEEDS_CLARIFICATION)
THEME = "agentos_theme"
THEMES = ("auto", "light", "dark")
_PROBE_SECONDS = 2.0


@dataclass
class WorkerWatch:
    """Whether somebody executes runs; asked now and then, not for every page."""

    service: Service
    _asked_at: float = field(default=float("-inf"))
    _answer: bool = True

    async def works(self) -> bool:
        """True as well when nobody can tell."""
        if time.monotonic() - self._asked_at >= _PROBE_SECONDS:
            self._asked_at = time.monotonic()
            self._answer = await self._ask()
        return self._answer

    async def _ask(self) -> bool:
        probe = self.service.probes.get("worker")
        if probe is None:
            return self.service.engine.alive
        try:
            return await probe() == "ok"
        except StoreUnavailable:
            return True


@dataclass(frozen=True)
class Console:
    """What the pages work with. `edges` are those of the state machine."""

    service: Service
    pokes: Pokes
    templates: Environment
    edges: Sequence[Edge]
    assets: str
    sandbox: bool
    logs_out: bool
    chats: Chats | None
    watch: WorkerWatch
    names: NameCheck
    actor: Callable[[Request], Actor]

    def reader(self, request: Request) -> Actor:
        """Who looks at a page; `NotAllowed` for those who may not."""
        actor = self.actor(request)
        actor.require(Scope.VIEWER)
        return actor

    async def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        known: bool = True,
        **values: Any,
    ) -> Response:
        """A page, or 304 when it is the one that the browser has.

        `topic` is what the page is read again for; None for pages that only wait for their user.
        One for somebody who is not `known` leads nowhere and tells of nothing.
        """
        actor = self.actor(request) if known else None
        held = forms.token(request.cookies)
        theme = request.cookies.get(THEME, THEMES[0])
        around: dict[str, Any] = {
            "topic": ANY_RUN,
            "now": datetime.now(UTC),
            "assets": self.assets,
            "sandbox": self.sandbox,
            "logs_out": self.logs_out,
            "talks": self.chats is not None,
            "actor": actor,
            "may": {
                "launch": actor is not None and permits(actor.scopes, Scope.OPERATOR),
                "decide": actor is not None and permits(actor.scopes, Scope.APPROVER),
            },
            "here": request.url.path,
            "address": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "form_token": held,
            "theme": theme if theme in THEMES else THEMES[0],
            **await self._state(actor),
        }
        html = self.templates.get_template(template).render(around | values)
        return self._sent(request, html, held, status)

    async def _state(self, actor: Actor | None) -> dict[str, Any]:
        if actor is None:
            return {"waiting": 0, "database": True, "works": True}
        try:
            waits = await reads.count_runs(self.service, WAITING, tenant=actor.tenant)
            waiting = sum(waits.values())
            return {"waiting": waiting, "database": True, "works": await self.watch.works()}
        except StoreUnavailable:
            return {"waiting": 0, "database": False, "works": True}

    def _sent(self, request: Request, html: str, held: str, status: int) -> Response:
        tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:24]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if status == 200 and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        response = HTMLResponse(html, status, headers)
        if request.cookies.get(forms.COOKIE) != held:
            keep(request, response, forms.COOKIE, held)
        return response


def keep(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie for this browser alone, which no script reads and no other site sends."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=31_536_000, httponly=True, samesite="lax", secure=secure
    )


def go(address: str) -> Response:
    """To another page, after a form."""
    return RedirectResponse(address, 303)


def _console(request: Request) -> Console:
    return cast(Console, request.app.state.console)


ConsoleHere = Annotated[Console, Depends(_console)]
