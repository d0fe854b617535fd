"""The HTTP API: a factory that is given everything and reads no environment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from server.api import (
    batches,
    chat,
    events,
    forks,
    health,
    login,
    metrics,
    moves,
    previews,
    problems,
    runs,
    slack,
    steps,
    systems,
    webhooks,
)
from server.api.docs import Lifespan, new_application, serve
from server.api.envelope import Envelope
from server.api.gate import Access, Gate
from server.api.people import People
from server.api.signatures import Signatures
from server.api.slack import SlackDoor
from server.api.stopping import set_on_signals
from server.api.streams import Streams
from server.lifecycle.chats import Chats
from server.lifecycle.service import Service


def create_app(
    service: Service,
    *,
    access: Access,
    chats: Chats | None = None,
    webhook_secrets: Sequence[str],
    unsigned_webhook_allowed: bool,
    slack_door: SlackDoor | None = None,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """The API over `service`; `BadSetting` when a webhook secret is none.

    `access` decides who callers are. Without `chats` there is no supervisor. Webhooks are accepted
    unsigned only when that is allowed and there are no secrets. `lifespan` opens and closes what
    the service needs; the application is up within it.
    """
    stopping = asyncio.Event()

    @asynccontextmanager
    async def whole(app: FastAPI) -> AsyncIterator[None]:
        async with set_on_signals(stopping):
            if lifespan is None:
                yield
                return
            async with lifespan(app):
                yield

    app = new_application(whole)
    app.state.service = service
    app.state.stopping = stopping  # whoever runs the server may set it earlier than we can know
    app.state.streams = Streams(stopping)
    problems.install(app)
    app.add_middleware(Gate, access=access)
    app.add_middleware(Envelope)
    signatures = Signatures(webhook_secrets, unsigned_allowed=unsigned_webhook_allowed)
    for one in (previews, runs, events, moves, forks, steps, batches, systems, health, metrics):
        serve(app, one.router)
    if chats is not None:
        app.state.chats = chats
        serve(app, chat.router)
    serve(app, webhooks.router(signatures))
    if slack_door is not None:
        serve(app, slack.router(slack_door))
    if isinstance(access.sessions, People):
        serve(app, login.router(access.sessions))
    if access.sessions:
        serve(app, login.leaving(access.sessions))
    return app
