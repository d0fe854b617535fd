"""The HTTP application; it gets everything handed in and reads no environment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from server.api import events, health, moves, problems, runs, webhooks
from server.api.edge import Edge
from server.api.signatures import key_of
from server.lifecycle.service import Service

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

DESCRIPTION = (
    "Onboards companies into enterprise systems: every external effect once, every approval bound "
    "to the plan that was shown."
)


def create_app(
    service: Service,
    *,
    webhook_secrets: Sequence[str] = (),
    unsigned_webhook_allowed: bool = False,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """The API over `service`; `ValueError` when a webhook secret cannot be read."""
    for secret in webhook_secrets:
        key_of(secret)
    app = FastAPIOffline(
        title="AgentOS",
        version="1",
        description=DESCRIPTION,
        redoc_url=None,
        lifespan=_with_stop(lifespan),
    )
    app.state.service = service
    app.state.webhook_secrets = tuple(webhook_secrets)
    app.state.unsigned_webhook_allowed = unsigned_webhook_allowed
    app.state.stopping = asyncio.Event()
    for module in (runs, events, moves, webhooks, health):
        app.include_router(module.router)
    problems.install(app)
    app.add_middleware(Edge)
    return app


def _with_stop(lifespan: Lifespan | None) -> Lifespan:
    """Open streams see `stopping` and end, so that they do not hold up a shutdown."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        try:
            if lifespan is None:
                yield
            else:
                async with lifespan(app):
                    yield
        finally:
            app.state.stopping.set()

    return run
