"""Many launches from one sheet: check it, start it, and steer what has become of it."""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from domain.batches import Batch, BatchState, Line, Progress, Wish, progress
from domain.canonical import digest
from domain.errors import IllegalMove, Invalid, StalePlan
from domain.ids import new_id
from domain.names import clean_name
from domain.outcomes import Outcome
from domain.scopes import Scope
from domain.sheets import Row, read_sheet
from server.lifecycle import audit
from server.lifecycle.launches import chosen_systems
from server.lifecycle.service import Actor, Service
from server.store import batches, runs

MAX_LISTED = 200
DOOR = "batch"


class Submitted(NamedTuple):
    """The batch; `replayed` when the same sheet was uploaded before."""

    batch: Batch
    replayed: bool


class Overview(NamedTuple):
    """A batch and how far it has come. `by_system` counts the runs that it has launched;
    `approvable` is the digest of the plans that wait, `marked` how many runs are still to be
    approved, tried again or cancelled as somebody wished."""

    batch: Batch
    progress: Progress
    by_system: dict[str, dict[Outcome, int]]
    approvable: str | None
    marked: int


async def submit(service: Service, sheet: bytes, name: str, actor: Actor) -> Submitted:
    """Check a CSV file and keep it; nothing is launched before `start`.

    `Invalid` when the file cannot be understood; a faulty row only fails itself.
    """
    actor.require(Scope.OPERATOR)
    rows = await asyncio.to_thread(read_sheet, sheet)
    return await keep(service, rows, hashlib.sha256(sheet).hexdigest(), name, actor)


async def keep(
    service: Service, rows: Sequence[Row], sheet_digest: str, name: str, actor: Actor
) -> Submitted:
    """The same for rows that have been read; `sheet_digest` tells one sheet from another."""
    actor.require(Scope.OPERATOR)
    title = clean_name(name, "name")
    checked = [_checked(service, row) for row in rows]
    keys = {
        runs.scoped_key(actor.tenant, row.request.idempotency_key): row
        for row in checked
        if row.request and row.request.idempotency_key
    }
    async with service.database.write() as tx:
        await tx.exclusively("batch", actor.tenant, sheet_digest)
        earlier = await batches.by_digest(tx, actor.tenant, sheet_digest)
        if earlier:
            return Submitted(earlier, replayed=True)
        already: dict[int, str] = {}
        for key, earlier_run in (await batches.known(tx, list(keys))).items():
            row = keys[key]
            if row.request and row.request.fingerprint() == earlier_run.fingerprint:
                already[row.line] = earlier_run.run_id
        batch = await batches.add(
            tx,
            new_id("bat"),
            checked,
            already,
            tenant=actor.tenant,
            digest=sheet_digest,
            name=title,
            created_by=actor.kept(),
        )
        audit.note(tx, actor, "batch.submit", batch.batch_id, digest=sheet_digest, rows=batch.size)
    return Submitted(batch, replayed=False)


async def start(service: Service, batch_id: str, actor: Actor) -> Batch:
    """Launch the rows that are ready, or go on with that; twice is once."""
    return await _turn(service, batch_id, actor, BatchState.RUNNING)


async def pause(service: Service, batch_id: str, actor: Actor) -> Batch:
    """Launch no more rows; runs that are launched go on."""
    return await _turn(service, batch_id, actor, BatchState.PAUSED)


async def cancel(service: Service, batch_id: str, actor: Actor) -> Batch:
    """Launch no more rows, and cancel every run of this batch that has made nothing yet."""
    return await _turn(service, batch_id, actor, BatchState.CANCELLED)


async def approve(service: Service, batch_id: str, actor: Actor, *, approvable: str) -> int:
    """Approve all plans of this batch that wait now; returns how many.

    `approvable` is the digest that the overview showed. `StalePlan` when other plans wait by now;
    each decision is bound to the version of its run, so none that changes later is approved.
    """
    actor.require(Scope.APPROVER)
    async with service.database.write() as tx:
        await batches.load(tx, batch_id, actor.tenant, for_update=True)
        waiting = await batches.versions(tx, batch_id, Wish.APPROVE)
        current = _digest(waiting)
        if current != approvable:
            raise StalePlan(
                "Other plans of this batch wait now than those that were shown.",
                current_digest=current or "",
            )
        await batches.put_wishes(tx, batch_id, Wish.APPROVE, actor.kept())
        audit.note(tx, actor, "batch.approve", batch_id, plans=current, runs=len(waiting))
    return len(waiting)


async def retry(service: Service, batch_id: str, actor: Actor) -> int:
    """Try again what failed in every escalated run of this batch; returns how many there are."""
    actor.require(Scope.APPROVER)
    async with service.database.write() as tx:
        await batches.load(tx, batch_id, actor.tenant, for_update=True)
        waiting = await batches.versions(tx, batch_id, Wish.RETRY)
        await batches.put_wishes(tx, batch_id, Wish.RETRY, actor.kept())
        audit.note(tx, actor, "batch.retry", batch_id, runs=len(waiting))
    return len(waiting)


async def overview(service: Service, batch_id: str, actor: Actor) -> Overview:
    """The batch with its progress; `NotFound`."""
    actor.require(Scope.VIEWER)
    async with service.database.write() as tx:  # for the store's time
        batch = await batches.load(tx, batch_id, actor.tenant)
        found = progress(await batches.counts(tx, batch_id), batch.started_at, tx.now)
        by_system = await batches.by_system(tx, batch_id)
        waiting = await batches.versions(tx, batch_id, Wish.APPROVE)
        marked = await batches.marked(tx, batch_id)
    return Overview(batch, found, by_system, _digest(waiting), marked)


async def list_batches(service: Service, actor: Actor, *, limit: int = 50) -> list[Batch]:
    """The latest batches, newest first; `limit` is 1 to 200."""
    actor.require(Scope.VIEWER)
    _check_limit(limit)
    async with service.database.read() as tx:
        return await batches.find(tx, actor.tenant, limit=limit)


async def list_lines(
    service: Service,
    batch_id: str,
    actor: Actor,
    *,
    status: Collection[str] = (),
    after: int = 0,
    limit: int = MAX_LISTED,
) -> list[Line]:
    """Rows with a line number above `after`, in order; `limit` is 1 to 200."""
    actor.require(Scope.VIEWER)
    _check_limit(limit)
    async with service.database.read() as tx:
        await batches.load(tx, batch_id, actor.tenant)
        return await batches.lines(tx, batch_id, status=status, after=after, limit=limit)


async def _turn(service: Service, batch_id: str, actor: Actor, to: BatchState) -> Batch:
    actor.require(Scope.OPERATOR)
    async with service.database.write() as tx:
        batch = await batches.load(tx, batch_id, actor.tenant, for_update=True)
        if batch.state is BatchState.CANCELLED and to is not BatchState.CANCELLED:
            raise IllegalMove("The batch is cancelled.", advice="Upload the rows that are left.")
        if batch.state is BatchState.CHECKED and to is BatchState.PAUSED:
            raise IllegalMove("The batch is not started.", advice="Start it first.")
        if batch.state is to:
            return batch
        await batches.turn(tx, batch_id, to)
        audit.note(tx, actor, f"batch.{to}", batch_id)
        if to is BatchState.CANCELLED:
            await batches.put_wishes(tx, batch_id, Wish.CANCEL, actor.kept())
        return await batches.load(tx, batch_id, actor.tenant)


def _checked(service: Service, row: Row) -> Row:
    if row.request is None:
        return row
    try:
        chosen_systems(service, row.request)
    except Invalid as error:
        told = {"request": None, "field": error.field, "problem": f"{error.message} {error.advice}"}
        return row.model_copy(update=told)
    return row


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_LISTED:
        raise Invalid(f"limit must be 1 to {MAX_LISTED}.", field="limit")


def _digest(waiting: Sequence[tuple[str, int]]) -> str | None:
    return digest([list(one) for one in sorted(waiting)]) if waiting else None
