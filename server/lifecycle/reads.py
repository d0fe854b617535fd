"""Reading runs and their events."""

import asyncio
import re
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from domain.errors import Invalid, NotFound
from domain.events import RecordedEvent
from domain.runs import RunState, reduce
from domain.status import PARKED, RunStatus
from server.lifecycle.service import Service
from server.store import log, runs

MAX_LIMIT = 200
CURSOR_PATTERN = "^([1-9][0-9]{0,15})-([0-9a-z]{22})$"
_CURSOR = re.compile(CURSOR_PATTERN.strip("^$"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POLL_SECONDS = 1.0
_CALM_SECONDS = 0.02


class Page(NamedTuple):
    """Runs in order; `next_cursor` leads on, None at the end."""

    items: list[RunState]
    next_cursor: str | None


async def get_run(
    service: Service, run_id: str, *, tenant: str | None, at: int | None = None
) -> RunState:
    """The run, or the run as it was after event `at`; `NotFound` if it is not this tenant's.

    A worker acts for all tenants: None.
    """
    async with service.database.read() as tx:
        run = await log.load(tx, run_id, tenant=tenant)
        if at is None:
            return run
        if not 1 <= at <= run.version:
            raise NotFound(
                "This run has no event of this number.", advice=f"Choose from 1 to {run.version}."
            )
        return reduce(run_id, await log.read_events(tx, run_id, limit=at))


async def list_runs(
    service: Service,
    *,
    tenant: str,
    status: Sequence[RunStatus] = (),
    company: str | None = None,
    created_after: datetime | None = None,
    search: str | None = None,
    launched_by: str | None = None,
    system: str | None = None,
    oldest_first: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of a tenant's runs, newest first unless said otherwise; `limit` is 1 to 200."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit must be 1 to {MAX_LIMIT}.", field="limit")
    before = _decode(cursor) if cursor is not None else None
    async with service.database.read() as tx:
        found = await runs.find(
            tx,
            tenant=tenant,
            status=status,
            company=company,
            created_after=created_after,
            before=before,
            search=search,
            launched_by=launched_by,
            system=system,
            oldest_first=oldest_first,
            limit=limit + 1,
        )
    items = found[:limit]
    return Page(items, _encode(items[-1]) if len(found) > limit else None)


async def last_launch(service: Service, run: RunState, *, tenant: str) -> RunState | None:
    """The newest run of the same company that was launched before and is completed."""
    async with service.database.read() as tx:
        return await runs.completed_before(tx, run, tenant=tenant)


async def count_runs(
    service: Service, status: Collection[RunStatus] = tuple(RunStatus), *, tenant: str
) -> dict[RunStatus, int]:
    """How many runs of a tenant have each of these statuses."""
    async with service.database.read() as tx:
        return await runs.count_by_status(tx, status, tenant=tenant)


async def list_events(
    service: Service, run_id: str, *, tenant: str, after: int = 0, limit: int = MAX_LIMIT
) -> list[RecordedEvent]:
    """Events with a number above `after`, in order; `NotFound` for an unknown run."""
    async with service.database.read() as tx:
        await log.load(tx, run_id, tenant=tenant)
        return await log.read_events(tx, run_id, after=after, limit=limit)


async def wait_for_change(
    service: Service, run_id: str, *, tenant: str, version: int, timeout_seconds: float
) -> RunState:
    """The run as soon as its version is above `version`, or as it is after the timeout."""
    return await _wait(service, run_id, tenant, timeout_seconds, lambda run: run.version > version)


async def wait_until_parked(
    service: Service, run_id: str, *, tenant: str, timeout_seconds: float
) -> RunState:
    """The run as soon as it has ended or waits for a person, or as it is after the timeout."""
    return await _wait(service, run_id, tenant, timeout_seconds, _at_rest)


def _at_rest(run: RunState) -> bool:
    """A parked run that is to be cancelled is about to move by itself."""
    return run.ended or (run.status in PARKED and not run.cancel_pending)


async def _wait(
    service: Service,
    run_id: str,
    tenant: str,
    timeout_seconds: float,
    done: Callable[[RunState], bool],
) -> RunState:
    deadline = time.monotonic() + timeout_seconds
    with service.bell.listen(run_id) as rung:
        while True:
            rung.clear()
            run = await get_run(service, run_id, tenant=tenant)
            left = deadline - time.monotonic()
            if done(run) or left <= 0:
                return run
            try:
                # The bell rings in this process only; another one's changes are seen by polling.
                async with asyncio.timeout(min(left, _POLL_SECONDS)):
                    await rung.wait()
                    await asyncio.sleep(_CALM_SECONDS)  # events come in bursts
            except TimeoutError:
                continue


def _encode(run: RunState) -> str:
    microseconds = (run.created_at - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds}-{run.run_id.removeprefix('run_')}"


def _decode(cursor: str) -> tuple[datetime, str]:
    position = _CURSOR.fullmatch(cursor)
    if position is None:
        raise Invalid(
            "cursor is not one that this service gave out.",
            field="cursor",
            advice="Take it unchanged from next_cursor.",
        )
    return _EPOCH + timedelta(microseconds=int(position[1])), f"run_{position[2]}"
