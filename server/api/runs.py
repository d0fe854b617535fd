"""Launching and reading runs."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Header, Query, Request, Response
from fastapi.responses import PlainTextResponse

from domain.context import to_context
from domain.launches import LaunchRequest
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.errors import KeyRequired, Malformed
from server.api.etag import etag, unchanged
from server.api.parameters import (
    MAX_SEQ,
    Caller,
    IdempotencyKey,
    RunFilter,
    RunId,
    ServiceHere,
    StreamsHere,
)
from server.api.problems import RETRY_SECONDS
from server.api.stopping import unless_set
from server.api.views import RunPage, RunView, run_view
from server.auth.exchange import still
from server.lifecycle import launches, reads
from server.lifecycle.launches import Launched

PATH = "/api/v1/runs"
MAX_WAIT_SECONDS = 60
router = docs.operations("runs", prefix=PATH, route_class=JsonRoute)


@router.post(
    "",
    operation_id="launch",
    status_code=201,
    responses=docs.LAUNCHED,
    response_description="The run; it was launched by this request.",
)
async def launch(
    body: LaunchRequest,
    service: ServiceHere,
    caller: Caller,
    response: Response,
    header_key: IdempotencyKey,
) -> RunView:
    """Launch the onboarding of a company.

    The same idempotency key with the same request is the same run, for ever.
    """
    return entered(response, await launches.launch(service, under_key(body, header_key), caller))


def under_key[Body: LaunchRequest](body: Body, header_key: str | None) -> Body:
    """The body with the key of the header; `Malformed` when it has another one."""
    if header_key is None:
        return body
    if body.idempotency_key not in (None, header_key):
        raise Malformed(
            "Idempotency-Key and the body's idempotency_key differ.",
            advice="Give the key once.",
        )
    return body.model_copy(update={"idempotency_key": header_key})


def entered(response: Response, launched: Launched) -> RunView:
    """The new run and where it is, or the one that the key has launched before."""
    run, replayed = launched
    response.headers["Location"] = f"{PATH}/{run.run_id}"
    response.headers["ETag"] = etag(run.version)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return run_view(run)


@router.get("", operation_id="list_runs", responses=docs.LISTED)
async def list_runs(
    request: Request,
    wanted: Annotated[RunFilter, Query()],
    service: ServiceHere,
    caller: Caller,
    response: Response,
) -> RunPage:
    """One page of runs, newest first."""
    page = await reads.list_runs(service, tenant=caller.tenant, **wanted.model_dump())
    if page.next_cursor is not None:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
        query = urlencode([*kept, ("cursor", page.next_cursor)])
        response.headers["Link"] = f'<{PATH}?{query}>; rel="next"'
    return RunPage(items=[run_view(run) for run in page.items], next_cursor=page.next_cursor)


@router.get(
    "/{run_id}", operation_id="get_run", response_model=RunView, responses=docs.READ | docs.KNOWN
)
async def get_run(
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
    response: Response,
    at: Annotated[
        int | None, Query(ge=1, le=MAX_SEQ, description="Show the run as it was after this event.")
    ] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> RunView | Response:
    """The run as it is, or as it was after one of its events."""
    run = await reads.get_run(service, run_id, tenant=caller.tenant, at=at)
    headers = {"ETag": etag(run.version), "Cache-Control": "no-cache"}
    if unchanged(if_none_match, run.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return run_view(run)


@router.get(
    "/{run_id}/context",
    operation_id="get_context",
    response_class=PlainTextResponse,
    responses=docs.TAGGED | docs.KNOWN,
)
async def get_context(run_id: RunId, service: ServiceHere, caller: Caller) -> PlainTextResponse:
    """Exactly what a model would be shown of this run."""
    run = await reads.get_run(service, run_id, tenant=caller.tenant)
    return PlainTextResponse(to_context(run), headers={"ETag": etag(run.version)})


@router.get("/{run_id}/wait", operation_id="wait_until_parked", responses=docs.TAGGED | docs.KNOWN)
async def wait_until_parked(
    run_id: RunId,
    request: Request,
    service: ServiceHere,
    caller: Caller,
    streams: StreamsHere,
    response: Response,
    timeout: Annotated[  # noqa: ASYNC109 - it is the caller's, and its name is part of the API
        float, Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="Seconds.")
    ] = 30,
) -> RunView:
    """The run as soon as it has ended or waits for a person, or as it is after the timeout."""
    waiting = reads.wait_until_parked(
        service, run_id, tenant=caller.tenant, timeout_seconds=timeout
    )
    run = await unless_set(streams.stopping, waiting)
    run = run or await reads.get_run(service, run_id, tenant=caller.tenant)
    if not await still(request.scope)():
        raise KeyRequired("The key or the session is over.")
    response.headers["ETag"] = etag(run.version)
    return run_view(run)
