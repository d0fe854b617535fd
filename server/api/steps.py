"""Retrying or skipping one system of an escalated run."""

from typing import Annotated

from fastapi import Path, Response

from server.api import docs
from server.api.bodies import JsonRoute
from server.api.moves import acting, moved
from server.api.parameters import Caller, IfVersion, RunId, ServiceHere
from server.api.runs import PATH
from server.api.schemas import MoveBody, SkipBody
from server.api.views import RunView
from server.lifecycle import steps

System = Annotated[str, Path(description="The name of a system of this run.")]
router = docs.operations(
    "steps", prefix=f"{PATH}/{{run_id}}/steps/{{system}}", route_class=JsonRoute
)


@router.post(
    "/retry", operation_id="retry_step", status_code=202, responses=docs.MOVED | docs.MOVES
)
async def retry_step(
    run_id: RunId,
    system: System,
    service: ServiceHere,
    caller: Caller,
    version: IfVersion,
    response: Response,
    body: MoveBody | None = None,
) -> RunView:
    """Try this system again."""
    run = await steps.retry_step(service, run_id, system, acting(caller, body), if_version=version)
    return moved(response, run)


@router.post("/skip", operation_id="skip_step", status_code=202, responses=docs.MOVED | docs.MOVES)
async def skip_step(
    run_id: RunId,
    system: System,
    service: ServiceHere,
    caller: Caller,
    version: IfVersion,
    response: Response,
    body: SkipBody,
) -> RunView:
    """Go on without this system; the reason is reported."""
    run = await steps.skip_step(
        service, run_id, system, acting(caller, body), reason=body.reason, if_version=version
    )
    return moved(response, run)
