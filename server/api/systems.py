"""What is known of the systems, and of the processes that work on them."""

from datetime import datetime

from pydantic import BaseModel

from domain.codes import ErrorCode
from domain.sightings import Circuit
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.parameters import Caller, ServiceHere
from server.lifecycle.processes import SystemFacts, look

router = docs.operations("systems", route_class=JsonRoute)


class SystemView(BaseModel):
    """A system as all processes see it by their latest calls; null is what nobody knows.

    `answers`: the latest call was answered, whatever was said. `rate_left` of `rate_limit` calls
    are left until `rate_resets_at`, as the system itself has told at `rate_at`. `apart` processes
    leave it alone for a while, since it did not answer again and again: that is the `circuit`.
    """

    name: str
    stand_in: bool
    answers: bool | None
    answered_at: datetime | None
    silent_since: datetime | None
    failed_at: datetime | None
    error_code: ErrorCode | None
    rate_at: datetime | None
    rate_left: int | None
    rate_limit: int | None
    rate_resets_at: datetime | None
    circuit: Circuit
    circuit_until: datetime | None
    apart: int


class ProcessView(BaseModel):
    """A process of the service; who `executes` is a worker and holds `runs` now."""

    name: str
    version: str
    executes: bool
    up: bool
    started_at: datetime
    seen_at: datetime
    runs: int


class SystemsView(BaseModel):
    """Systems and processes."""

    systems: list[SystemView]
    processes: list[ProcessView]


@router.get("/api/v1/systems", operation_id="list_systems")
async def list_systems(service: ServiceHere, caller: Caller) -> SystemsView:
    """What the latest calls have shown of each system, and who is at work; asks no system."""
    found = await look(service, caller)
    return SystemsView(
        systems=[_view(one, stand_in=service.stand_ins) for one in found.systems],
        processes=[ProcessView(**one.model_dump(exclude={"seen"})) for one in found.processes],
    )


def _view(one: SystemFacts, *, stand_in: bool) -> SystemView:
    seen = one.seen
    answers = None if seen.asked_at is None else seen.silent_since is None
    return SystemView(
        name=one.name, stand_in=stand_in, answers=answers, apart=one.apart, **seen.model_dump()
    )
