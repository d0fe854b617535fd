"""The event log of a run, and its row, which is the fold: written together or not at all."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, insert, select, update

from domain.errors import LeaseLost, NotFound
from domain.events import RecordedEvent, RunLaunched, WorkflowEvent
from domain.names import name_key
from domain.outcomes import outcomes, written
from domain.runs import RunState
from server.store import outbox
from server.store.tables import EffectRow, EventRow, RunRow
from server.store.transactions import Transaction
from server.telemetry.happenings import happened

_EVENT: TypeAdapter[WorkflowEvent] = TypeAdapter(WorkflowEvent)
_PLAIN = {"synchronize_session": False}


async def begin(
    tx: Transaction,
    run_id: str,
    event: RunLaunched,
    *,
    actor: str,
    tenant: str,
    idempotency_key: str | None,
    graph_version: str,
) -> RunState:
    """Write a new run: its row and its first event.

    `idempotency_key` is as `runs.scoped_key` gives it.
    """
    recorded = RecordedEvent(seq=1, at=tx.now, actor=actor, event=event)
    run = RunState.begin(run_id, recorded)
    tx.session.add(
        RunRow(
            run_id=run_id,
            idempotency_key=idempotency_key,
            fingerprint=event.request.fingerprint(event.origin),
            graph_version=graph_version,
            created_at=tx.now,
            tenant=tenant,
            priority=0,
            fence=0,
            failures=0,
            claimed_version=0,
            **_columns(run),
        )
    )
    await tx.session.flush()
    await tx.session.execute(insert(EventRow), [_event_row(run_id, recorded, key="launched")])
    await outbox.put(tx, run_id, {recorded.seq: event.type})
    tx.after_commit(partial(happened, run_id, recorded))
    return run


async def load(
    tx: Transaction, run_id: str, *, tenant: str | None, for_update: bool = False
) -> RunState:
    """The run as its row has it; `NotFound`, also for what is not this tenant's.

    A worker acts for all tenants: None. `for_update`: nobody else changes the run meanwhile.
    """
    query = select(RunRow.state).where(RunRow.run_id == run_id)
    if tenant is not None:
        query = query.where(RunRow.tenant == tenant)
    if for_update:
        query = query.with_for_update(key_share=True)
    state = await tx.session.scalar(query)
    if state is None:
        raise NotFound("There is no run with this id.")
    return RunState.model_validate(state)


async def append(
    tx: Transaction,
    run_id: str,
    event: WorkflowEvent,
    *,
    key: str,
    actor: str,
    fence: int | None = None,
) -> tuple[RunState, WorkflowEvent]:
    """Append one event and fold it into the row; returns the run and what the log holds.

    The same `key` again writes nothing and returns what was written first. `IllegalMove` when the
    event may not follow; `LeaseLost` when `fence` is given and not current.
    """
    run, (stands,) = await append_all(tx, run_id, {key: event}, actor=actor, fence=fence)
    return run, stands


async def append_all(
    tx: Transaction,
    run_id: str,
    events: Mapping[str, WorkflowEvent],
    *,
    actor: str,
    fence: int | None = None,
) -> tuple[RunState, list[WorkflowEvent]]:
    """See `append`; the events follow one another."""
    before, written = await _locked(tx, run_id, events, fence)
    run, fresh = before, []
    for key in (key for key in events if key not in written):
        recorded = RecordedEvent(seq=run.version + 1, at=tx.now, actor=actor, event=events[key])
        run = run.apply(recorded)
        fresh.append(_event_row(run_id, recorded, key=key))
        tx.after_commit(partial(happened, run_id, recorded))
    if fresh:
        await tx.session.execute(insert(EventRow), fresh)
        await outbox.put(tx, run_id, {row["seq"]: row["type"] for row in fresh})
        changed = update(RunRow).where(RunRow.run_id == run_id).values(**_columns(run))
        await tx.session.execute(changed, execution_options=_PLAIN)
    if run.ended and not before.ended:
        await _release_targets(tx, run_id)
    return run, [written.get(key, event) for key, event in events.items()]


async def _locked(
    tx: Transaction, run_id: str, keys: Collection[str], fence: int | None
) -> tuple[RunState, dict[str, WorkflowEvent]]:
    """The run, whose row is ours until the transaction ends, and its events under these keys.

    Locked against other writers, but not against those that only refer to the row: a claim alone
    excludes these too (see `claims`).
    """
    same = and_(EventRow.run_id == RunRow.run_id, EventRow.event_key.in_(keys))
    query = (
        select(RunRow.fence, RunRow.state, EventRow.event_key, EventRow.body)
        .outerjoin(EventRow, same)
        .where(RunRow.run_id == run_id)
        .with_for_update(of=RunRow, key_share=True)
    )
    rows = (await tx.session.execute(query)).all()
    if not rows:
        raise NotFound("There is no run with this id.")
    if fence is not None and rows[0].fence != fence:
        raise LeaseLost("Another worker has taken this run.")
    written = {row.event_key: _EVENT.validate_python(row.body) for row in rows if row.event_key}
    return RunState.model_validate(rows[0].state), written


async def _release_targets(tx: Transaction, run_id: str) -> None:
    """An ended run works on nothing, so its open intents keep nobody else away."""
    open_ones = update(EffectRow).where(EffectRow.run_id == run_id, EffectRow.holds_target)
    await tx.session.execute(open_ones.values(holds_target=False), execution_options=_PLAIN)


async def read_events(
    tx: Transaction, run_id: str, *, after: int = 0, limit: int | None = None
) -> list[RecordedEvent]:
    """Events with a number above `after`, in order."""
    query = select(EventRow).where(EventRow.run_id == run_id, EventRow.seq > after)
    rows = await tx.session.scalars(query.order_by(EventRow.seq).limit(limit))
    return [
        RecordedEvent(
            seq=row.seq, at=row.at, actor=row.actor, event=_EVENT.validate_python(row.body)
        )
        for row in rows
    ]


async def last_type(tx: Transaction, run_id: str, *types: str) -> str | None:
    """Of events of these types, the type of the last one."""
    query = select(EventRow.type).where(EventRow.run_id == run_id, EventRow.type.in_(types))
    return await tx.session.scalar(query.order_by(EventRow.seq.desc()).limit(1))


def _columns(run: RunState) -> dict[str, Any]:
    return {
        "company_id": run.company.company_id,
        "name_key": name_key(run.company.name) if run.company.company_id else "",
        "asked_by": name_key(run.launched_by),
        "system_names": f",{','.join(run.systems)},",
        "status": run.status.value,
        "want": "cancel" if run.cancel_pending else "pause" if run.pause_requested else None,
        "version": run.version,
        "state": run.model_dump(mode="json", exclude={"plan": {"digest"}}),
        "outcomes": written(outcomes(run)),
        "updated_at": run.updated_at,
    }


def _event_row(run_id: str, recorded: RecordedEvent, *, key: str) -> dict[str, Any]:
    exclude = {"plan": {"digest"}} if recorded.event.type == "plan_proposed" else None
    return {
        "run_id": run_id,
        "seq": recorded.seq,
        "event_key": key,
        "at": recorded.at,
        "actor": recorded.actor,
        "type": recorded.event.type,
        "body": recorded.event.model_dump(mode="json", exclude=exclude),
    }
