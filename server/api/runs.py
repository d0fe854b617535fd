"""Launching, listing and reading runs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from domain.context import to_context
from domain.errors import Invalid
from domain.launches import LaunchRequest
from domain.status import RunStatus
from server.api import documents, etag
from server.api.paths import RunId, TheService
from server.api.schemas import DEFAULT_ACTOR
from server.api.views import RunPage, RunView
from server.lifecycle import launches, reads
from server.lifecycle.service import Actor

router = APIRouter(prefix="/api/v1", tags=["runs"])
POLL_HINT_SECONDS = "1"


@router.post(
    "/runs",
    operation_id="launch",
    status_code=201,
    response_model=RunView,
    responses={
        **documents.errors(413, 415),
        201: {"links": documents.links("get_run", "pause", "resume", "cancel", "list_events")},
        200: {"model": RunView, "description": "This key had launched the run already."},
    },
)
async def launch(
    request: LaunchRequest,
    service: TheService,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> RunView:
    """Launch the onboarding of a company. The same idempotency key is the same run, for ever."""
    if idempotency_key is not None:
        if request.idempotency_key not in (None, idempotency_key):
            raise HTTPException(400, "Idempotency-Key and idempotency_key differ")
        request = LaunchRequest.model_validate(
            {**request.model_dump(), "idempotency_key": idempotency_key}
        )
    run, replayed = await launches.launch(service, request, Actor(DEFAULT_ACTOR, "api"))
    response.headers["Location"] = f"/api/v1/runs/{run.run_id}"
    response.headers["ETag"] = etag.tag(run.version)
    response.headers["Retry-After"] = POLL_HINT_SECONDS
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return RunView.of(run)


def _statuses(words: list[str] | None) -> list[RunStatus]:
    names = [name for word in words or [] for name in word.split(",")]
    if any(name not in RunStatus for name in names):
        raise Invalid(
            "status is not one that a run can have.",
            field="status",
            advice=f"Choose from: {', '.join(RunStatus)}.",
        )
    return [RunStatus(name) for name in names]


@router.get("/runs", operation_id="list_runs", response_model=RunPage, responses=documents.errors())
async def list_runs(
    service: TheService,
    response: Response,
    status: Annotated[list[str] | None, Query(description="Any of these, comma allowed.")] = None,
    company: Annotated[str | None, Query(max_length=200)] = None,
    created_after: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=reads.MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> RunPage:
    """Runs, newest first."""
    if created_after is not None and created_after.tzinfo is None:
        raise Invalid("created_after needs a time zone.", field="created_after", advice="Add Z.")
    page = await reads.list_runs(
        service,
        status=_statuses(status),
        company=company,
        created_after=created_after,
        limit=limit,
        cursor=cursor,
    )
    if page.next_cursor:
        query = f"limit={limit}&cursor={page.next_cursor}"
        response.headers["Link"] = f'</api/v1/runs?{query}>; rel="next"'
    return RunPage(items=[RunView.of(run) for run in page.items], next_cursor=page.next_cursor)


@router.get(
    "/runs/{run_id}",
    operation_id="get_run",
    response_model=RunView,
    responses={**documents.errors(), 304: {"description": "The caller has this version."}},
)
async def get_run(
    run_id: RunId,
    service: TheService,
    response: Response,
    at: Annotated[int | None, Query(ge=1, description="As it was after this event.")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> RunView | Response:
    """One run, with its version as strong ETag."""
    run = await reads.get_run(service, run_id, at=at)
    headers = {"ETag": etag.tag(run.version), "Cache-Control": "no-cache"}
    if etag.unchanged(if_none_match, run.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return RunView.of(run)


@router.get(
    "/runs/{run_id}/context",
    operation_id="get_context",
    response_class=PlainTextResponse,
    responses=documents.errors(),
)
async def get_context(run_id: RunId, service: TheService) -> PlainTextResponse:
    """Exactly what a model would be shown of this run."""
    return PlainTextResponse(to_context(await reads.get_run(service, run_id)))


@router.get(
    "/runs/{run_id}/wait",
    operation_id="wait",
    response_model=RunView,
    responses=documents.errors(),
)
async def wait(
    run_id: RunId,
    service: TheService,
    response: Response,
    timeout: Annotated[float, Query(ge=0, le=60, description="Seconds.")] = 30.0,  # noqa: ASYNC109
) -> RunView:
    """The run as soon as it is parked or ended, or as it is after the timeout."""
    run = await reads.wait_until_parked(service, run_id, timeout_seconds=timeout)
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)
