"""Pausing, resuming, cancelling; retrying or skipping one system."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from server.api import documents, etag
from server.api.etag import IfVersion
from server.api.paths import RunId, TheService
from server.api.schemas import DEFAULT_ACTOR, ActorBody, CancelBody, ResumeBody, SkipBody
from server.api.views import RunView
from server.lifecycle import cancels, pauses, steps
from server.lifecycle.service import Actor

router = APIRouter(
    prefix="/api/v1/runs/{run_id}",
    tags=["moves"],
    responses=documents.errors(*documents.WRITE),
)
DOOR = "api"


def _actor(body: ActorBody | CancelBody | None) -> Actor:
    return Actor((body and body.responder) or DEFAULT_ACTOR, DOOR)


@router.post("/pause", operation_id="pause", status_code=202, response_model=RunView)
async def pause(
    run_id: RunId,
    service: TheService,
    response: Response,
    if_version: IfVersion,
    body: Annotated[ActorBody | None, Body()] = None,
) -> RunView:
    """Park the run before any further effect."""
    run = await pauses.pause(service, run_id, _actor(body), if_version=if_version)
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)


@router.post("/resume", operation_id="resume", status_code=202, response_model=RunView)
async def resume(
    run_id: RunId,
    service: TheService,
    response: Response,
    if_version: IfVersion,
    body: Annotated[ResumeBody | None, Body()] = None,
) -> RunView:
    """Go on with a paused run, or answer the open question. Without a decision no gate opens."""
    given = body or ResumeBody()
    run = await pauses.resume(
        service, run_id, given.actor(DOOR), answer=given.answer(), if_version=if_version
    )
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)


@router.post("/cancel", operation_id="cancel", status_code=202, response_model=RunView)
async def cancel(
    run_id: RunId,
    service: TheService,
    response: Response,
    if_version: IfVersion,
    body: Annotated[CancelBody | None, Body()] = None,
) -> RunView:
    """End the run; with `rollback` what it created is undone."""
    given = body or CancelBody()
    run = await cancels.cancel(
        service,
        run_id,
        _actor(body),
        rollback=given.rollback,
        reason=given.reason,
        if_version=if_version,
    )
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)


@router.post(
    "/steps/{system}/retry", operation_id="retry_step", status_code=202, response_model=RunView
)
async def retry_step(
    run_id: RunId,
    system: str,
    service: TheService,
    response: Response,
    if_version: IfVersion,
    body: Annotated[ActorBody | None, Body()] = None,
) -> RunView:
    """Try one failed system again, when the run is escalated."""
    run = await steps.retry_step(service, run_id, system, _actor(body), if_version=if_version)
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)


@router.post(
    "/steps/{system}/skip", operation_id="skip_step", status_code=202, response_model=RunView
)
async def skip_step(
    run_id: RunId,
    system: str,
    body: SkipBody,
    service: TheService,
    response: Response,
    if_version: IfVersion,
) -> RunView:
    """Go on without one failed system; the report names the reason."""
    run = await steps.skip_step(
        service, run_id, system, _actor(body), reason=body.reason, if_version=if_version
    )
    response.headers["ETag"] = etag.tag(run.version)
    return RunView.of(run)
