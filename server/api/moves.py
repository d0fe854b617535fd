"""Pausing, resuming, deciding and cancelling."""

from fastapi import APIRouter, Response

from domain.runs import RunState
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.etag import etag
from server.api.parameters import IfVersion, RunId, ServiceHere
from server.api.runs import PATH
from server.api.schemas import DEFAULT_RESPONDER, CancelBody, MoveBody, ResumeBody
from server.api.views import RunView, run_view
from server.lifecycle import cancels, decisions, pauses, verifications
from server.lifecycle.service import Actor

DOOR = "api"
router = APIRouter(prefix=PATH, tags=["moves"], route_class=JsonRoute)


def actor(body: MoveBody | None) -> Actor:
    """Who moves: the responder that the caller names, else an operator."""
    return Actor((body and body.responder) or DEFAULT_RESPONDER, DOOR)


def moved(response: Response, run: RunState) -> RunView:
    """The run after a move, with its new entity tag."""
    response.headers["ETag"] = etag(run.version)
    return run_view(run)


@router.post(
    "/{run_id}/pause", operation_id="pause", status_code=202, responses=docs.MOVED | docs.MOVES
)
async def pause(
    run_id: RunId,
    service: ServiceHere,
    version: IfVersion,
    response: Response,
    body: MoveBody | None = None,
) -> RunView:
    """Stop the run before any further effect."""
    return moved(response, await pauses.pause(service, run_id, actor(body), if_version=version))


@router.post(
    "/{run_id}/resume", operation_id="resume", status_code=202, responses=docs.DECIDED | docs.MOVES
)
async def resume(
    run_id: RunId,
    service: ServiceHere,
    version: IfVersion,
    response: Response,
    body: ResumeBody | None = None,
) -> RunView:
    """Go on with a paused run, or answer the question that a run waits for.

    Without an answer nothing is decided: the approval gate stays shut. A repeat of the winning
    answer by the same responder is 200.
    """
    answer = body.answer() if body else None
    if answer is None:
        run = await pauses.resume(service, run_id, actor(body), if_version=version)
        return moved(response, run)
    run, replayed = await decisions.decide(
        service, run_id, answer, actor(body), if_version=version, resuming=True
    )
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return moved(response, run)


@router.post("/{run_id}/verify", operation_id="verify", responses=docs.TAGGED | docs.MOVES)
async def verify(
    run_id: RunId, service: ServiceHere, response: Response, body: MoveBody | None = None
) -> RunView:
    """Read back what a completed run has made and note what differs; nothing is repaired.

    A step that waited for somebody outside becomes a success once nothing waits any more.
    """
    return moved(response, await verifications.verify(service, run_id, actor(body)))


@router.post(
    "/{run_id}/cancel", operation_id="cancel", status_code=202, responses=docs.MOVED | docs.MOVES
)
async def cancel(
    run_id: RunId,
    service: ServiceHere,
    version: IfVersion,
    response: Response,
    body: CancelBody | None = None,
) -> RunView:
    """End the run; with `rollback`, undo first what it created."""
    wanted = body or CancelBody()
    run = await cancels.cancel(
        service,
        run_id,
        actor(wanted),
        rollback=wanted.rollback,
        reason=wanted.reason,
        if_version=version,
    )
    return moved(response, run)
