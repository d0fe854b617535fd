"""The real Mailman behind the sandbox's layer of faults, with the same switches in reach."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

from sandbox import control
from sandbox.faults import FaultLayer
from sandbox.store import Store, horizon
from systems.http import new_client
from tests.mailman_core import DOMAIN, PASSWORD, USER, Core
from tests.sandbox_server import SandboxServer, served

PREFIX = "/mailman"
METHODS = ["GET", "POST", "PATCH", "DELETE"]


@dataclass(frozen=True)
class MailmanServer(SandboxServer):
    """Requests under `/mailman` reach the core, unless a fault is armed; `core` is behind them."""

    core: Core

    def writes(self, **query: Any) -> list[dict[str, Any]]:
        """Mailman searches by POST too."""
        found = super().writes(**query)
        return [entry for entry in found if not entry["path"].endswith("/members/find")]


def mailman_variables(url: str) -> Mapping[str, str]:
    """The variables that point the connector at the Mailman behind `url`."""
    return {
        "NEWSLETTER_PROVIDER": "mailman",
        "MAILMAN_URL": f"{url}{PREFIX}",
        "MAILMAN_USER": USER,
        "MAILMAN_PASSWORD": PASSWORD,
        "MAILMAN_DOMAIN": DOMAIN,
    }


@contextmanager
def mailman_server(core: Core) -> Iterator[MailmanServer]:
    """A front of the core in a thread of this process, gone at the end."""
    with served(front(core)) as url:
        yield MailmanServer(url, core)


def front(core: Core) -> ASGIApp:
    """Journals, breaks or passes on what it is asked; the state is what the core says."""
    store = Store(":memory:")
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store = store
    app.state.seed = lambda _: core.wipe()

    @app.get("/_sandbox/state")
    def state() -> dict[str, Any]:
        found = core.state()
        counts = {kind: len(objects) for kind, objects in found.items()}
        return {"systems": {"mailman": found}, "counts": {"mailman": counts}}

    @app.api_route(PREFIX + "/{path:path}", methods=METHODS)
    async def forward(request: Request) -> Response:
        if horizon.get() is not None:
            return Response('{"title": "404 Not Found"}', 404, media_type="application/json")
        path = request.scope["raw_path"].decode().removeprefix(PREFIX)
        async with new_client(30, base_url=core.url) as http:
            answer = await http.request(
                request.method,
                f"{path}?{request.url.query}",
                content=await request.body(),
                headers={
                    name: value
                    for name, value in request.headers.items()
                    if name in ("authorization", "content-type")
                },
            )
        kept = {name: answer.headers[name] for name in ("location",) if name in answer.headers}
        return Response(
            answer.content, answer.status_code, kept, answer.headers.get("content-type")
        )

    app.include_router(control.router)
    return FaultLayer(app, store)
