"""The effects ledger: an intent is committed before each call, its outcome after."""

from collections.abc import Callable, Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError

from domain.codes import ErrorCode
from domain.errors import Halted, LeaseLost, Retryable
from domain.events import ChangeApplied
from domain.plans import Change, ChangeKind
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from server.store import log
from server.store.database import Database
from server.store.tables import EffectRow, RunRow
from server.store.transactions import Transaction

_BUSY_SECONDS = 2.0


class RunLedger:
    """The ledger of one run, written under its fencing token; see `domain.ports.Ledger`.

    `changed` is told of every event that is written; `halted` when the run is to stop.
    """

    def __init__(
        self,
        database: Database,
        run_id: str,
        company_id: str,
        fence: int,
        *,
        actor: str,
        changed: Callable[[Transaction, str], None],
        halted: Callable[[], None],
    ) -> None:
        self._database = database
        self._run_id = run_id
        self._company_id = company_id
        self._fence = fence
        self._actor = actor
        self._changed = changed
        self._halted = halted

    async def intend(self, change: Change) -> Entry:
        """Commit the intent, or return the entry that stands."""
        try:
            async with self._database.write() as tx:
                return await self._intend(tx, change)
        except Halted:
            self._halted()
            raise
        except IntegrityError as error:
            raise _busy(change) from error

    async def _intend(self, tx: Transaction, change: Change) -> Entry:
        want, row = await self._fenced(tx, change)
        if row is not None and row.status != EffectStatus.REFUSED.value:
            return _entry(row, reopened=row.status == EffectStatus.INTENT.value)
        if want is not None:
            raise Halted("The run is to stop before its next effect.")
        if not await tx.alone("target", change.system, change.target):
            raise _busy(change)
        if row is None:
            count = select(func.count()).where(EffectRow.run_id == self._run_id)
            row = EffectRow(
                run_id=self._run_id,
                key=change.key,
                ordinal=count.scalar_subquery(),
                system=change.system,
                company_id=self._company_id,
                target=change.target,
                status=EffectStatus.INTENT.value,
                holds_target=True,
                change=change.model_dump(mode="json"),
                created_by_us=False,
                began_at=tx.now,
            )
            tx.session.add(row)
        else:
            row.status, row.holds_target = EffectStatus.INTENT.value, True
            row.began_at, row.closed_at, row.error_code = tx.now, None, None
        await tx.session.flush()
        return _entry(row)

    async def applied(
        self, change: Change, resource: Resource, *, answered: bool = False
    ) -> Resource:
        """Commit the outcome and its event.

        Of an object that was looked up only one run can be the creator, while any run may have
        changed it.
        """
        async with self._database.write() as tx:
            row = await self._row(tx, change)
            doubtful = not answered and change.kind is not ChangeKind.UPDATE
            if resource.created_by_us and doubtful:
                claimed = await tx.session.scalar(
                    select(EffectRow.run_id).where(
                        EffectRow.system == change.system,
                        EffectRow.remote_id == resource.id,
                        EffectRow.key == change.key,
                        EffectRow.run_id != self._run_id,
                        EffectRow.created_by_us,
                        EffectRow.status == EffectStatus.APPLIED.value,
                    )
                )
                if claimed:
                    resource = resource.model_copy(update={"created_by_us": False})
            row.status = EffectStatus.APPLIED.value
            row.resource = resource.model_dump(mode="json")
            row.remote_id = resource.id
            row.created_by_us = resource.created_by_us
            row.holds_target, row.closed_at = False, tx.now
            await tx.session.flush()
            event = ChangeApplied(
                system=change.system, key=change.key, summary=change.summary, resource=resource
            )
            key = f"applied/{change.key}"
            await log.append(tx, self._run_id, event, key=key, actor=self._actor)
            self._changed(tx, self._run_id)
            return resource

    async def refused(self, change: Change, code: ErrorCode) -> None:
        """Close the intent without effect."""
        async with self._database.write() as tx:
            row = await self._row(tx, change)
            row.status, row.error_code = EffectStatus.REFUSED.value, code.value
            row.holds_target, row.closed_at = False, tx.now

    async def undone(self, change: Change, *, left: bool, note: str) -> None:
        """Close an entry for good."""
        async with self._database.write() as tx:
            row = await self._row(tx, change)
            row.status = (EffectStatus.LEFT if left else EffectStatus.UNDONE).value
            row.note, row.holds_target, row.closed_at = note[:2000], False, tx.now

    async def entries(self, system: str) -> Sequence[Entry]:
        """This run's entries in one system, oldest first."""
        query = select(EffectRow).where(
            EffectRow.run_id == self._run_id, EffectRow.system == system
        )
        async with self._database.read() as tx:
            rows = await tx.session.scalars(query.order_by(EffectRow.ordinal))
            return [_entry(row, reopened=row.status == EffectStatus.INTENT.value) for row in rows]

    async def known_ids(self, system: str, company_id: str) -> frozenset[str]:
        """Ids of what any run made or adopted for this company and nobody has undone."""
        query = select(EffectRow.remote_id).where(
            EffectRow.company_id == company_id,
            EffectRow.system == system,
            EffectRow.status == EffectStatus.APPLIED.value,
            EffectRow.remote_id.is_not(None),
        )
        async with self._database.read() as tx:
            return frozenset(found for found in await tx.session.scalars(query) if found)

    async def _row(self, tx: Transaction, change: Change) -> EffectRow:
        _, row = await self._fenced(tx, change)
        if row is None:
            raise RuntimeError(f"no intent was committed for {change.key}")
        return row

    async def _fenced(self, tx: Transaction, change: Change) -> tuple[str | None, EffectRow | None]:
        """What somebody wants of the run, and the entry of this change.

        The run's row is ours until the transaction ends.
        """
        entry = and_(EffectRow.run_id == RunRow.run_id, EffectRow.key == change.key)
        query = (
            select(RunRow.fence, RunRow.want, EffectRow)
            .outerjoin(EffectRow, entry)
            .where(RunRow.run_id == self._run_id)
            .with_for_update(of=RunRow, key_share=True)
        )
        found = (await tx.session.execute(query)).one_or_none()
        if found is None or found.fence != self._fence:
            raise LeaseLost("Another worker has taken this run.")
        return found.want, found.EffectRow


def reading_ledger(database: Database, company_id: str) -> RunLedger:
    """The ledger of no run: it tells what is known of a company, and refuses every write."""

    def never(*_: object) -> None:
        raise RuntimeError("nothing is written here")

    return RunLedger(database, "", company_id, -1, actor="", changed=never, halted=never)


def _busy(change: Change) -> Retryable:
    return Retryable(
        ErrorCode.NOT_READY,
        f"Another run is working on {change.target}.",
        after_seconds=_BUSY_SECONDS,
    )


def _entry(row: EffectRow, *, reopened: bool = False) -> Entry:
    return Entry(
        system=row.system,
        change=Change.model_validate(row.change),
        status=EffectStatus(row.status),
        began_at=row.began_at,
        reopened=reopened,
        resource=Resource.model_validate(row.resource) if row.resource else None,
        note=row.note or "",
    )
