"""The events of a run, as pages or as a stream."""

from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from server.api import docs
from server.api.envelope import HEAD_KEY
from server.api.parameters import MAX_SEQ, Caller, RunId, ServiceHere, StreamsHere
from server.api.runs import PATH
from server.api.streams import Streams
from server.api.views import EventPage, event_view
from server.auth.exchange import still
from server.lifecycle import reads
from server.lifecycle.reads import MAX_LIMIT
from server.lifecycle.service import Actor, Service

STREAM = "text/event-stream"
router = docs.operations("runs", prefix=PATH)


@router.get(
    "/{run_id}/events",
    operation_id="list_events",
    response_model=EventPage,
    responses=docs.EVENTS | docs.KNOWN,
)
async def list_events(
    request: Request,
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
    streams: StreamsHere,
    response: Response,
    after: Annotated[
        int, Query(ge=0, le=MAX_SEQ, description="Only events with a higher number.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Of a page.")] = MAX_LIMIT,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",  # OpenAPI has its own place
    last_event_id: Annotated[
        int | None,
        Header(ge=0, le=MAX_SEQ, description="Of a stream: where it broke off; wins over after."),
    ] = None,
) -> EventPage | Response:
    """The events of a run in order: a JSON page, or a stream if `Accept` asks for one.

    The stream ends after the run's last event. Coming back after that is answered with 204, which
    tells an `EventSource` to stop.
    """
    if _asks_for_stream(accept):
        start = after if last_event_id is None else last_event_id
        return await _stream(request, service, caller, streams, run_id, start)
    found = await reads.list_events(
        service, run_id, tenant=caller.tenant, after=after, limit=limit + 1
    )
    items = [event_view(recorded) for recorded in found[:limit]]
    response.headers["Vary"] = "Accept"
    return EventPage(items=items, next_after=items[-1].seq if len(found) > limit else None)


async def _stream(
    request: Request, service: Service, caller: Actor, streams: Streams, run_id: str, after: int
) -> Response:
    """Existence and room are checked here: once a stream has begun, its status is sent."""
    run = await reads.get_run(service, run_id, tenant=caller.tenant)
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"}
    if run.ended and after == run.version:
        return Response(status_code=204, headers=headers)
    if after > run.version:
        after = 0  # an id that this run never had: better everything again than a gap
    streams.refuse_if_full()
    if HEAD_KEY in request.scope:
        return Response(media_type=STREAM, headers=headers)
    frames = streams.follow(
        service, run_id, after, tenant=caller.tenant, still=still(request.scope)
    )
    return StreamingResponse(frames, media_type=STREAM, headers=headers)


def _asks_for_stream(accept: str) -> bool:
    ranges = (part.partition(";") for part in accept.lower().split(","))
    return any(
        kind.strip() == STREAM and rest.replace(" ", "") not in ("q=0", "q=0.0")
        for kind, _, rest in ranges
    )
