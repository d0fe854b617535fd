"""Forking a run."""

from typing import Annotated, Any

from fastapi import Response
from pydantic import BeforeValidator, Field

from domain.launches import LaunchRequest
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.parameters import MAX_SEQ, Caller, IdempotencyKey, IfVersion, RunId, ServiceHere
from server.api.runs import PATH, entered, under_key
from server.api.views import RunView
from server.lifecycle import forks

router = docs.operations("moves", prefix=PATH, route_class=JsonRoute)


def _whole(value: Any) -> Any:
    """1.0 is an integer to JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class ForkBody(LaunchRequest):
    """What is to be otherwise than in the run that is forked; `at` is one of its events."""

    at: Annotated[int, Field(ge=1, le=MAX_SEQ), BeforeValidator(_whole)] | None = None

    def check_names(self) -> None:
        """The run that is forked names the company."""


@router.post(
    "/{run_id}/fork", operation_id="fork", status_code=201, responses=docs.LAUNCHED | docs.MOVES
)
async def fork(
    run_id: RunId,
    service: ServiceHere,
    caller: Caller,
    version: IfVersion,
    response: Response,
    header_key: IdempotencyKey,
    body: ForkBody | None = None,
) -> RunView:
    """Launch what the run was about after one of its events, or is now, with other input.

    The new run is planned and approved anew; `origin` names the run that it was forked from.
    """
    wanted = under_key(body or ForkBody(), header_key)
    changes = {name: getattr(wanted, name) for name in wanted.model_fields_set - {"at"}}
    launched = await forks.fork(
        service, run_id, caller, at=wanted.at, changes=changes, if_version=version
    )
    return entered(response, launched)
