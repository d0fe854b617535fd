"""The log of a run, as pages or as a stream that survives reconnecting to any process."""

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.exceptions import HTTPException
from starlette.responses import Response

from server.api import documents
from server.api.paths import RunId, TheService
from server.api.views import EventPage, EventView
from server.lifecycle import reads
from server.lifecycle.service import Service

router = APIRouter(prefix="/api/v1", tags=["events"])

KEEP_ALIVE_SECONDS = 15.0
LONGEST_STREAM_SECONDS = 600.0
RECONNECT_MS = 2_000
_STREAM = "text/event-stream"


@router.get(
    "/runs/{run_id}/events",
    operation_id="list_events",
    response_model=EventPage,
    responses={
        **documents.errors(),
        200: {"content": {_STREAM: {"schema": {"type": "string"}}}},
    },
)
async def list_events(
    request: Request,
    run_id: RunId,
    service: TheService,
    after: Annotated[int, Query(ge=0, description="Events above this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=reads.MAX_LIMIT)] = reads.MAX_LIMIT,
    accept: Annotated[str | None, Header()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Events in order. As a stream, each event's id is its number; it ends with the run."""
    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdigit()) or len(last_event_id) > 12:
            raise HTTPException(400, "Last-Event-ID is not the number of an event")
        after = int(last_event_id)
    found = await reads.list_events(service, run_id, after=after, limit=limit)
    if accept and _STREAM in accept:
        stream = _stream(request, service, run_id, after)
        return EventSourceResponse(stream, headers={"Cache-Control": "no-cache"})
    items = [EventView.of(one) for one in found]
    more = items[-1].seq if len(items) == limit else None
    return JSONResponse(EventPage(items=items, next_after=more).model_dump(mode="json"))


async def _stream(
    request: Request, service: Service, run_id: str, after: int
) -> AsyncIterator[bytes]:
    """Reads the log, not a feed: whichever process answers, no event is missed or repeated."""
    yield format_sse_event(comment="ok", retry=RECONNECT_MS)
    until = time.monotonic() + LONGEST_STREAM_SECONDS
    while time.monotonic() < until and not request.app.state.stopping.is_set():
        run = await reads.wait_for_change(
            service, run_id, version=after, timeout_seconds=KEEP_ALIVE_SECONDS
        )
        if run.version <= after:
            if run.ended:
                return
            yield format_sse_event(comment="still here")
            continue
        for recorded in await reads.list_events(service, run_id, after=after):
            view = EventView.of(recorded).model_dump(mode="json")
            yield format_sse_event(
                id=str(recorded.seq),
                event=recorded.event.type,
                data_str=json.dumps(view, ensure_ascii=False),
            )
            after = recorded.seq
        if run.ended and after >= run.version:
            return
