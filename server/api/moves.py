"""Pausing, resuming, deciding and cancelling."""

from dataclasses import replace

from fastapi import Response

from domain.errors import NotAllowed
from domain.runs import RunState
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.etag import etag
from server.api.parameters import Caller, IfVersion, RunId, ServiceHere
from server.api.runs import PATH
from server.api.schemas import CancelBody, MoveBody, ResumeBody
from server.api.views import RunView, run_view
from server.lifecycle import cancels, decisions, pauses, verifications
from server.lifecycle.service import Actor

router = docs.operations("moves", prefix=PATH, route_class=JsonRoute)


def acting(caller: Actor, body: MoveBody | None) -> Actor:
    """Who moves. A responder may be named freely only where nobody has to prove who they are;
    elsewhere `NotAllowed` for any other than the caller."""
    named = body.responder if body else None
    if named is None or named == caller.name:
        return caller
    if not caller.unproved:
        raise NotAllowed(
            "The responder is somebody else than the caller.", advice="Leave responder out."
        )
    return replace(caller, name=named)


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
    caller: Caller,
    version: IfVersion,
    response: Response,
    body: MoveBody | None = None,
) -> RunView:
    """Stop the run before any further effect."""
    return moved(
        response, await pauses.pause(service, run_id, acting(caller, body), if_version=version)
    )


@router.post(
    "/{run_id}/resume", operation_id="resume", status_code=202, responses=docs.DECIDED | docs.MOVES
)
async def resume(
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
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
        run = await pauses.resume(service, run_id, acting(caller, body), if_version=version)
        return moved(response, run)
    run, replayed = await decisions.decide(
        service, run_id, answer, acting(caller, body), if_version=version, resuming=True
    )
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return moved(response, run)


@router.post("/{run_id}/verify", operation_id="verify", responses=docs.TAGGED | docs.MOVES)
async def verify(
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
    version: IfVersion,
    response: Response,
    body: MoveBody | None = None,
) -> RunView:
    """Read back what a completed run has made and note what differs; nothing is repaired.

    A step that waited for somebody outside becomes a success once nothing waits any more.
    """
    run = await verifications.verify(service, run_id, acting(caller, body), if_version=version)
    return moved(response, run)


@router.post(
    "/{run_id}/cancel", operation_id="cancel", status_code=202, responses=docs.MOVED | docs.MOVES
)
async def cancel(
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
    version: IfVersion,
    response: Response,
    body: CancelBody | None = None,
) -> RunView:
    """End the run; with `rollback`, undo first what it created."""
    wanted = body or CancelBody()
    run = await cancels.cancel(
        service,
        run_id,
        acting(caller, wanted),
        rollback=wanted.rollback,
        reason=wanted.reason,
        if_version=version,
    )
    return moved(response, run)
