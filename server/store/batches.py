"""Batches, their lines, and what somebody wants done to the runs of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from domain.batches import WISHABLE, Batch, BatchState, Line, LineState, Wish
from domain.errors import NotFound
from domain.launches import LaunchRequest
from domain.outcomes import Outcome, counted
from domain.sheets import Row
from server.store.batch_tables import BatchRow, LineRow
from server.store.tables import RunRow
from server.store.transactions import Transaction

_CHUNK = 500
_PLAIN = {"synchronize_session": False}
_STATUS: ColumnElement[str] = func.coalesce(RunRow.status, LineRow.state)
_OWN = and_(LineRow.run_id == RunRow.run_id, LineRow.state != LineState.KNOWN.value)
"""A run that the batch did not launch has its own story, which is not told here."""


class Known(NamedTuple):
    """A run that a key had launched before, and what it was launched with."""

    run_id: str
    fingerprint: str


class Ready(NamedTuple):
    """A line that is to be launched now."""

    batch_id: str
    line: int
    request: LaunchRequest
    created_by: dict[str, Any]


class Wished(NamedTuple):
    """A run that something is to be done to; `version` is the one that was looked at."""

    batch_id: str
    line: int
    run_id: str
    wish: Wish
    wished_by: dict[str, Any]
    version: int


async def known(tx: Transaction, keys: Sequence[str]) -> dict[str, Known]:
    """Which of these idempotency keys have launched a run."""
    found: dict[str, Known] = {}
    for start in range(0, len(keys), _CHUNK):
        some = keys[start : start + _CHUNK]
        query = select(RunRow.idempotency_key, RunRow.run_id, RunRow.fingerprint)
        rows = await tx.session.execute(query.where(RunRow.idempotency_key.in_(some)))
        found |= {key: Known(run_id, digest) for key, run_id, digest in rows if key is not None}
    return found


async def add(
    tx: Transaction,
    batch_id: str,
    rows: Sequence[Row],
    already: Mapping[int, str],
    *,
    tenant: str,
    digest: str,
    name: str,
    created_by: dict[str, Any],
) -> Batch:
    """A new batch. `already` has the runs of the lines that were launched before, by number."""
    tx.session.add(
        BatchRow(
            batch_id=batch_id,
            tenant=tenant,
            digest=digest,
            name=name,
            state=BatchState.CHECKED.value,
            size=len(rows),
            created_by=created_by,
            created_at=tx.now,
        )
    )
    await tx.session.flush()
    values = [
        {
            "batch_id": batch_id,
            "line": row.line,
            "state": _state(row, already).value,
            "company_name": row.company_name,
            "request": row.request.model_dump(mode="json") if row.request else None,
            "field": row.field,
            "problem": row.problem,
            "run_id": already.get(row.line),
        }
        for row in rows
    ]
    for start in range(0, len(values), _CHUNK):
        await tx.session.execute(insert(LineRow), values[start : start + _CHUNK])
    return await load(tx, batch_id, tenant)


def _state(row: Row, already: Mapping[int, str]) -> LineState:
    if row.request is None:
        return LineState.FAULTY
    return LineState.KNOWN if row.line in already else LineState.READY


async def by_digest(tx: Transaction, tenant: str, digest: str) -> Batch | None:
    """The batch that this sheet was before."""
    wanted = select(BatchRow).where(BatchRow.tenant == tenant, BatchRow.digest == digest)
    row = await tx.session.scalar(wanted)
    return _batch(row) if row else None


async def load(tx: Transaction, batch_id: str, tenant: str, *, for_update: bool = False) -> Batch:
    """`NotFound` when there is none, or it is another tenant's."""
    query = select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.tenant == tenant)
    row = await tx.session.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise NotFound("There is no batch with this id.", advice="`GET /api/v1/batches` lists all.")
    return _batch(row)


async def find(tx: Transaction, tenant: str, *, limit: int) -> list[Batch]:
    """The latest batches, newest first."""
    newest = (BatchRow.created_at.desc(), BatchRow.batch_id.desc())
    query = select(BatchRow).where(BatchRow.tenant == tenant).order_by(*newest).limit(limit)
    return [_batch(row) for row in await tx.session.scalars(query)]


async def turn(tx: Transaction, batch_id: str, state: BatchState) -> None:
    """Change what is done with the lines that are not launched; the first start is kept."""
    values: dict[str, Any] = {"state": state.value}
    if state is BatchState.RUNNING:
        values["started_at"] = func.coalesce(BatchRow.started_at, tx.now)
    change = update(BatchRow).where(BatchRow.batch_id == batch_id).values(values)
    await tx.session.execute(change, execution_options=_PLAIN)
    if state is BatchState.CANCELLED:
        await _mark(tx, batch_id, LineRow.state == LineState.READY.value, LineState.CANCELLED)


async def counts(tx: Transaction, batch_id: str) -> dict[str, int]:
    """How many lines have which status."""
    status = _STATUS.label("status")
    query = select(status, func.count()).select_from(LineRow).outerjoin(RunRow, _OWN)
    query = query.where(LineRow.batch_id == batch_id).group_by(status)
    return {row.status: row[1] for row in await tx.session.execute(query)}


async def by_system(tx: Transaction, batch_id: str) -> dict[str, dict[Outcome, int]]:
    """How the runs that the batch has launched stand in each system."""
    query = select(RunRow.outcomes, func.count()).join(LineRow, _OWN)
    query = query.where(LineRow.batch_id == batch_id).group_by(RunRow.outcomes)
    return counted((text or "", number) for text, number in await tx.session.execute(query))


async def marked(tx: Transaction, batch_id: str) -> int:
    """How many runs of the batch something is still to be done to."""
    query = select(func.count()).select_from(LineRow)
    query = query.where(LineRow.batch_id == batch_id, LineRow.wish.is_not(None))
    return await tx.session.scalar(query) or 0


async def lines(
    tx: Transaction,
    batch_id: str,
    *,
    status: Collection[str] = (),
    after: int = 0,
    limit: int,
) -> list[Line]:
    """Lines with a number above `after`, in order."""
    query = select(LineRow, _STATUS).outerjoin(RunRow, _OWN)
    query = query.where(LineRow.batch_id == batch_id, LineRow.line > after)
    if status:
        query = query.where(_STATUS.in_(status))
    found = await tx.session.execute(query.order_by(LineRow.line).limit(limit))
    return [
        Line(
            line=row.line,
            company_name=row.company_name,
            status=word,
            run_id=row.run_id,
            field=row.field,
            problem=row.problem,
        )
        for row, word in found
    ]


async def versions(tx: Transaction, batch_id: str, wish: Wish) -> list[tuple[str, int]]:
    """The runs that a wish would be for now, each with its version."""
    query = select(RunRow.run_id, RunRow.version).join(LineRow, _OWN).where(_meant(batch_id, wish))
    return [(run_id, version) for run_id, version in await tx.session.execute(query)]


async def put_wishes(tx: Transaction, batch_id: str, wish: Wish, wished_by: dict[str, Any]) -> None:
    """Note for every run that the wish is for that it is to be done, at the version of now."""
    version = select(RunRow.version).where(RunRow.run_id == LineRow.run_id).scalar_subquery()
    meant = select(LineRow.line).join(RunRow, _OWN).where(_meant(batch_id, wish))
    change = update(LineRow).where(LineRow.batch_id == batch_id, LineRow.line.in_(meant))
    await tx.session.execute(
        change.values(wish=wish.value, wished_by=wished_by, wished_version=version),
        execution_options=_PLAIN,
    )


async def next_ready(tx: Transaction) -> Ready | None:
    """A line to launch, of the batch that was started first; nobody else gets it meanwhile."""
    query = (
        select(LineRow, BatchRow.created_by)
        .join(BatchRow, BatchRow.batch_id == LineRow.batch_id)
        .where(BatchRow.state == BatchState.RUNNING.value, LineRow.state == LineState.READY.value)
        .order_by(BatchRow.started_at, LineRow.batch_id, LineRow.line)
        .limit(1)
    )
    found = (await tx.session.execute(query.with_for_update(of=LineRow, skip_locked=True))).first()
    if found is None:
        return None
    row, created_by = found
    request = LaunchRequest.model_validate(row.request, strict=False)
    return Ready(row.batch_id, row.line, request, created_by)


async def next_wished(tx: Transaction) -> Wished | None:
    """A run that something is to be done to; nobody else gets it meanwhile."""
    query = select(LineRow).where(LineRow.wish.is_not(None))
    query = query.order_by(LineRow.batch_id, LineRow.line).limit(1)
    row = await tx.session.scalar(query.with_for_update(skip_locked=True))
    if row is None or row.run_id is None or row.wish is None:
        return None
    return Wished(
        row.batch_id,
        row.line,
        row.run_id,
        Wish(row.wish),
        row.wished_by or {},
        row.wished_version or 0,
    )


async def launched(tx: Transaction, batch_id: str, line: int, run_id: str, *, here: bool) -> None:
    """The line has its run; not `here` when its key had launched that before."""
    state = LineState.LAUNCHED if here else LineState.KNOWN
    await _mark(tx, batch_id, LineRow.line == line, state, run_id=run_id)


async def refused(tx: Transaction, batch_id: str, line: int, field: str, problem: str) -> None:
    """The line cannot be launched."""
    told = {"field": field or None, "problem": problem}
    await _mark(tx, batch_id, LineRow.line == line, LineState.FAULTY, **told)


async def fulfilled(tx: Transaction, batch_id: str, line: int, problem: str | None) -> None:
    """The wish is done with; `problem` says why nothing came of it."""
    change = update(LineRow).where(LineRow.batch_id == batch_id, LineRow.line == line)
    values = {"wish": None, "wished_by": None, "wished_version": None, "problem": problem}
    await tx.session.execute(change.values(values), execution_options=_PLAIN)


async def _mark(
    tx: Transaction, batch_id: str, which: ColumnElement[bool], state: LineState, **more: Any
) -> None:
    change = update(LineRow).where(LineRow.batch_id == batch_id, which)
    await tx.session.execute(change.values(state=state.value, **more), execution_options=_PLAIN)


def _meant(batch_id: str, wish: Wish) -> ColumnElement[bool]:
    statuses = [status.value for status in WISHABLE[wish]]
    return and_(LineRow.batch_id == batch_id, RunRow.status.in_(statuses))


def _batch(row: BatchRow) -> Batch:
    return Batch(
        batch_id=row.batch_id,
        name=row.name,
        state=BatchState(row.state),
        size=row.size,
        created_by=row.created_by["name"],
        created_at=row.created_at,
        started_at=row.started_at,
    )
