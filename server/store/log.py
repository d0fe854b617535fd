"""The event log of a run, and its row, which is the fold: written together or not at all."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, update

from domain.errors import LeaseLost, NotFound
from domain.events import RecordedEvent, RunLaunched, WorkflowEvent
from domain.names import name_key
from domain.runs import RunState
from server.store.tables import EffectRow, EventRow, RunRow
from server.store.transactions import Transaction

_EVENT: TypeAdapter[WorkflowEvent] = TypeAdapter(WorkflowEvent)


async def begin(
    tx: Transaction,
    run_id: str,
    event: RunLaunched,
    *,
    actor: str,
    idempotency_key: str | None,
    graph_version: str,
) -> RunState:
    """Write a new run: its row and its first event."""
    recorded = RecordedEvent(seq=1, at=tx.now, actor=actor, event=event)
    run = RunState.begin(run_id, recorded)
    tx.session.add(
        RunRow(
            run_id=run_id,
            idempotency_key=idempotency_key,
            fingerprint=event.request.fingerprint(),
            company_id=event.company.company_id,
            name_key=name_key(event.company.name),
            graph_version=graph_version,
            created_at=tx.now,
            tenant="default",
            priority=0,
            fence=0,
            failures=0,
            **_columns(run),
        )
    )
    await tx.session.flush()
    tx.session.add(_event_row(run_id, recorded, key="launched"))
    return run


async def load(tx: Transaction, run_id: str, *, for_update: bool = False) -> RunState:
    """The run as its row has it; `NotFound`. `for_update`: nobody else changes it meanwhile."""
    row = await tx.session.get(RunRow, run_id, with_for_update=for_update or None)
    if row is None:
        raise NotFound("There is no run with this id.")
    return RunState.model_validate(row.state)


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
    row = await tx.session.get(RunRow, run_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no run with this id.")
    if fence is not None and row.fence != fence:
        raise LeaseLost("Another worker has taken this run.")
    run = RunState.model_validate(row.state)
    earlier = await tx.session.scalar(
        select(EventRow).where(EventRow.run_id == run_id, EventRow.event_key == key)
    )
    if earlier is not None:
        return run, _EVENT.validate_python(earlier.body)
    recorded = RecordedEvent(seq=run.version + 1, at=tx.now, actor=actor, event=event)
    run = run.apply(recorded)
    for name, value in _columns(run).items():
        setattr(row, name, value)
    tx.session.add(_event_row(run_id, recorded, key=key))
    if run.ended:
        await _release_targets(tx, run_id)
    await tx.session.flush()
    return run, event


async def _release_targets(tx: Transaction, run_id: str) -> None:
    """An ended run works on nothing, so its open intents keep nobody else away."""
    await tx.session.execute(
        update(EffectRow).where(EffectRow.run_id == run_id).values(holds_target=False)
    )


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


def _columns(run: RunState) -> dict[str, Any]:
    return {
        "status": run.status.value,
        "want": "cancel" if run.cancel_pending else "pause" if run.pause_requested else None,
        "version": run.version,
        "state": run.model_dump(mode="json", exclude={"plan": {"digest"}}),
        "updated_at": run.updated_at,
    }


def _event_row(run_id: str, recorded: RecordedEvent, *, key: str) -> EventRow:
    exclude = {"plan": {"digest"}} if recorded.event.type == "plan_proposed" else None
    return EventRow(
        run_id=run_id,
        seq=recorded.seq,
        event_key=key,
        at=recorded.at,
        actor=recorded.actor,
        type=recorded.event.type,
        body=recorded.event.model_dump(mode="json", exclude=exclude),
    )
