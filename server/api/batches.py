"""Many launches at once: a sheet is uploaded, checked, started, steered and read back."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from domain.batches import Batch, BatchState, Line
from domain.canonical import digest
from domain.errors import Invalid
from domain.names import clean_name
from domain.outcomes import Outcome
from domain.sheets import COLUMNS, MAX_ROWS, read_requests, write_rows
from server.api import docs
from server.api.bodies import JsonRoute, check_json, media_type
from server.api.envelope import SHEETS
from server.api.errors import NotJson
from server.api.parameters import MAX_SEQ, Caller, ServiceHere
from server.lifecycle import batches
from server.lifecycle.batches import MAX_LISTED, Overview
from server.lifecycle.service import Actor, Service

router = docs.operations("batches", prefix=SHEETS, route_class=JsonRoute)
BatchId = Annotated[str, Path(description="The id of the batch.", pattern=r"^bat_[0-9a-z]{1,40}$")]


class BatchView(BaseModel):
    """A batch. `by_status` counts its rows by the status of their runs.

    Rows without a run are `ready`, `faulty`, `known` (their key had launched a run before) or
    `cancelled`. `by_system` counts the runs of the batch by how they stand in each system.
    `approvable` stands for the plans that wait for approval, as they are now; `marked`
    runs are still to be approved, tried again or cancelled as somebody wished.
    """

    batch_id: str
    name: str
    state: BatchState
    size: int
    created_by: str
    created_at: datetime
    started_at: datetime | None
    by_status: dict[str, int]
    by_system: dict[str, dict[Outcome, int]]
    done: int
    left: int
    per_minute: float | None
    expected_end: datetime | None
    approvable: str | None
    marked: int


class BatchList(BaseModel):
    """The latest batches, newest first."""

    items: list[Batch]


class LinePage(BaseModel):
    """Rows in order; go on with `after` = `next_after`, None at the end."""

    items: list[Line]
    next_after: int | None


class Marked(BaseModel):
    """How many runs it will be done to; that takes a while."""

    runs: int


class ApproveBatch(BaseModel):
    """Approve all plans that wait; `approvable` says which ones were looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    approvable: Annotated[str, Field(max_length=64)]


class _Requests(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    rows: Annotated[list[dict[str, Any]], Field(max_length=MAX_ROWS)]


_SHEET = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "company_name,emails\nAcme Corp,dana@example.com\n",
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "additionalProperties": False,
                    "properties": {
                        "rows": {"type": "array", "minItems": 1, "items": {"type": "object"}}
                    },
                }
            },
        },
    }
}


@router.post(
    "",
    operation_id="submit_batch",
    status_code=201,
    responses=docs.SUBMITTED,
    openapi_extra=_SHEET,
    description=f"""Launch a run for every row of a sheet.

CSV in UTF-8 whose first line names columns of: {", ".join(COLUMNS)}. Several systems, emails or
handles in one cell are separated by semicolons. Or JSON with launch bodies as `rows`. A faulty row
fails only itself; `GET …/rows?status=faulty` says why. The same sheet again is the same batch.""",
)
async def submit_batch(
    request: Request,
    service: ServiceHere,
    caller: Caller,
    response: Response,
    name: Annotated[str, AfterValidator(lambda v: clean_name(v, "name"))] = "sheet",
    launch: Annotated[bool, Query(description="Off: only check, and wait for `start`.")] = True,
) -> BatchView:
    body = await request.body()
    match media_type(request.headers.get("content-type", "")):
        case "text/csv":
            submitted = await batches.submit(service, body, name, caller)
        case "application/json":
            rows = read_requests(_rows(body))
            bodies = [row.request.model_dump(mode="json") if row.request else None for row in rows]
            submitted = await batches.keep(service, rows, digest(bodies), name, caller)
        case _:
            raise NotJson("The body is declared neither as CSV nor as JSON.")
    batch, replayed = submitted
    if launch and batch.state is BatchState.CHECKED:
        await batches.start(service, batch.batch_id, caller)
    response.headers["Location"] = f"{SHEETS}/{batch.batch_id}"
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return await _view(service, batch.batch_id, caller)


@router.get("", operation_id="list_batches")
async def list_batches(
    service: ServiceHere, caller: Caller, limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50
) -> BatchList:
    """The latest batches, newest first."""
    return BatchList(items=await batches.list_batches(service, caller, limit=limit))


@router.get("/{batch_id}", operation_id="get_batch", responses=docs.KNOWN)
async def get_batch(batch_id: BatchId, service: ServiceHere, caller: Caller) -> BatchView:
    """A batch and how far it has come."""
    return await _view(service, batch_id, caller)


@router.get("/{batch_id}/rows", operation_id="list_batch_rows", responses=docs.KNOWN)
async def list_batch_rows(
    batch_id: BatchId,
    service: ServiceHere,
    caller: Caller,
    status: Annotated[list[str] | None, Query(description="Only these; repeat it.")] = None,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ, description="A line number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> LinePage:
    """The rows of a batch, by line number."""
    found = await batches.list_lines(
        service, batch_id, caller, status=status or (), after=after, limit=limit
    )
    return LinePage(items=found, next_after=found[-1].line if len(found) == limit else None)


@router.get(
    "/{batch_id}/results",
    operation_id="get_batch_results",
    response_class=StreamingResponse,
    responses=docs.KNOWN | docs.RESULTS,
)
async def get_batch_results(
    batch_id: BatchId, service: ServiceHere, caller: Caller
) -> StreamingResponse:
    """What has become of each row, as CSV."""
    first = await batches.list_lines(service, batch_id, caller)  # a 404 before the answer begins
    return StreamingResponse(
        _results(service, batch_id, caller, first),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{batch_id}.csv"'},
    )


@router.post(
    "/{batch_id}/start", operation_id="start_batch", status_code=202, responses=docs.STEERED
)
async def start_batch(batch_id: BatchId, service: ServiceHere, caller: Caller) -> BatchView:
    """Launch the rows that are ready, or go on with that."""
    await batches.start(service, batch_id, caller)
    return await _view(service, batch_id, caller)


@router.post(
    "/{batch_id}/pause", operation_id="pause_batch", status_code=202, responses=docs.STEERED
)
async def pause_batch(batch_id: BatchId, service: ServiceHere, caller: Caller) -> BatchView:
    """Launch no more rows; runs that are launched go on."""
    await batches.pause(service, batch_id, caller)
    return await _view(service, batch_id, caller)


@router.post(
    "/{batch_id}/cancel", operation_id="cancel_batch", status_code=202, responses=docs.STEERED
)
async def cancel_batch(batch_id: BatchId, service: ServiceHere, caller: Caller) -> BatchView:
    """Launch no more rows and cancel the runs that have made nothing yet."""
    await batches.cancel(service, batch_id, caller)
    return await _view(service, batch_id, caller)


@router.post(
    "/{batch_id}/approve", operation_id="approve_batch", status_code=202, responses=docs.STEERED
)
async def approve_batch(
    batch_id: BatchId, service: ServiceHere, caller: Caller, body: ApproveBatch
) -> Marked:
    """Approve every plan of the batch that waits, if they are those that were looked at."""
    count = await batches.approve(service, batch_id, caller, approvable=body.approvable)
    return Marked(runs=count)


@router.post(
    "/{batch_id}/retry", operation_id="retry_batch", status_code=202, responses=docs.STEERED
)
async def retry_batch(batch_id: BatchId, service: ServiceHere, caller: Caller) -> Marked:
    """Try again what failed in every escalated run of the batch."""
    return Marked(runs=await batches.retry(service, batch_id, caller))


async def _view(service: Service, batch_id: str, caller: Actor) -> BatchView:
    found: Overview = await batches.overview(service, batch_id, caller)
    told = {**found.batch.model_dump(), **found.progress.model_dump()}
    own = {"by_system": found.by_system, "approvable": found.approvable, "marked": found.marked}
    return BatchView(**told, **own)


def _rows(body: bytes) -> list[dict[str, Any]]:
    check_json(body)
    try:
        return _Requests.model_validate(json.loads(body)).rows
    except ValidationError as error:
        raise Invalid(
            "The body is not an object with rows, a list of launches.", field="rows"
        ) from error


async def _results(
    service: Service, batch_id: str, caller: Actor, page: list[Line]
) -> AsyncIterator[str]:
    yield write_rows([Line.model_fields])
    while page:
        yield write_rows(row.model_dump().values() for row in page)
        after = page[-1].line
        page = await batches.list_lines(service, batch_id, caller, after=after)
