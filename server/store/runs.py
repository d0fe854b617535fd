"""Finding runs, and the companies they are for."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from domain.companies import Company
from domain.names import name_key
from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.store.tables import CompanyRow, RunRow
from server.store.transactions import Transaction


class Keyed(NamedTuple):
    """A run that an idempotency key stands for, and the request it was launched with."""

    run: RunState
    fingerprint: str


def scoped_key(tenant: str, idempotency_key: str) -> str:
    """The key as its column has it: unique there, so that each tenant has keys of its own.

    Those of the first tenant stand as they are, as they did before there were others. No key that a
    caller can send looks like another tenant's: control characters are refused.
    """
    if tenant == DEFAULT_TENANT:
        return idempotency_key
    return f"{tenant}\x1f{hashlib.sha256(idempotency_key.encode()).hexdigest()}"


async def by_key(tx: Transaction, scoped: str) -> Keyed | None:
    """The run that this key launched; see `scoped_key`."""
    row = await tx.session.scalar(select(RunRow).where(RunRow.idempotency_key == scoped))
    return Keyed(RunState.model_validate(row.state), row.fingerprint) if row else None


async def tenant(tx: Transaction, run_id: str) -> str:
    """Whose run it is."""
    found = await tx.session.scalar(select(RunRow.tenant).where(RunRow.run_id == run_id))
    return found or DEFAULT_TENANT


async def count_queued(tx: Transaction, *, at_most: int) -> int:
    """How many runs wait to be planned; counts no further than `at_most`."""
    queued = select(RunRow.run_id).where(RunRow.status == RunStatus.QUEUED.value).limit(at_most)
    return await tx.session.scalar(select(func.count()).select_from(queued.subquery())) or 0


async def find(
    tx: Transaction,
    *,
    tenant: str,
    status: Sequence[RunStatus],
    company: str | None,
    created_after: datetime | None,
    before: tuple[datetime, str] | None,
    limit: int,
    search: str | None = None,
    launched_by: str | None = None,
    system: str | None = None,
    oldest_first: bool = False,
) -> list[RunState]:
    """Runs of a tenant, newest first, from beyond the position `before` on.

    `search` is a part of the company's name, however it is spelt, or a run's id; `launched_by` a
    whole name.
    """
    query = select(RunRow).where(RunRow.tenant == tenant)
    if search is not None:
        named = RunRow.name_key.contains(name_key(search), autoescape=True)
        query = query.where(or_(named, RunRow.run_id == search))
    if status:
        query = query.where(RunRow.status.in_([word.value for word in status]))
    if company is not None:
        query = query.where(RunRow.name_key == name_key(company))
    if launched_by is not None:
        query = query.where(RunRow.asked_by == name_key(launched_by))
    if system is not None:
        query = query.where(RunRow.system_names.contains(f",{system},", autoescape=True))
    if created_after is not None:
        query = query.where(RunRow.created_at > created_after)
    if before is not None:
        at, run_id = before
        further, next_id = RunRow.created_at < at, RunRow.run_id < run_id
        if oldest_first:
            further, next_id = RunRow.created_at > at, RunRow.run_id > run_id
        query = query.where(or_(further, and_(RunRow.created_at == at, next_id)))
    columns = (RunRow.created_at, RunRow.run_id)
    query = query.order_by(*(c.asc() if oldest_first else c.desc() for c in columns)).limit(limit)
    return [RunState.model_validate(row.state) for row in await tx.session.scalars(query)]


async def known(tx: Transaction, run_ids: Collection[str], *, tenant: str) -> dict[str, RunState]:
    """Those of these runs that are this tenant's."""
    query = select(RunRow).where(RunRow.run_id.in_(run_ids), RunRow.tenant == tenant)
    rows = await tx.session.scalars(query)
    return {row.run_id: RunState.model_validate(row.state) for row in rows}


async def completed_before(tx: Transaction, run: RunState, *, tenant: str) -> RunState | None:
    """The newest completed run of a tenant for the company of this one, of those before it."""
    if not run.company.company_id:
        return None
    query = select(RunRow.state).where(
        RunRow.company_id == run.company.company_id,
        RunRow.tenant == tenant,
        RunRow.status == RunStatus.COMPLETED.value,
        RunRow.created_at < run.created_at,
    )
    newest = query.order_by(RunRow.created_at.desc(), RunRow.run_id.desc()).limit(1)
    state = await tx.session.scalar(newest)
    return RunState.model_validate(state) if state else None


async def count_by_status(
    tx: Transaction, status: Collection[RunStatus], *, tenant: str
) -> dict[RunStatus, int]:
    """How many runs a tenant has in each of these."""
    wanted = [word.value for word in status]
    query = select(RunRow.status, func.count())
    query = query.where(RunRow.tenant == tenant, RunRow.status.in_(wanted))
    found = {row[0]: row[1] for row in await tx.session.execute(query.group_by(RunRow.status))}
    return {word: found.get(word.value, 0) for word in status}


async def tenant_of(tx: Transaction, run_id: str) -> str:
    """Whose run it is."""
    query = select(RunRow.tenant).where(RunRow.run_id == run_id)
    return (await tx.session.scalars(query)).one()


async def company(tx: Transaction, company_id: str) -> Company | None:
    """The company with this id, without contacts, which belong to a launch."""
    row = await tx.session.get(CompanyRow, company_id)
    return Company(company_id=row.company_id, name=row.name, slug=row.slug) if row else None


async def slug_owner(tx: Transaction, slug: str) -> str | None:
    """The id of the company that has this slug."""
    return await tx.session.scalar(select(CompanyRow.company_id).where(CompanyRow.slug == slug))


async def add_company(tx: Transaction, new: Company) -> None:
    """Remember a company; its slug is never decided again."""
    tx.session.add(
        CompanyRow(company_id=new.company_id, name=new.name, slug=new.slug, created_at=tx.now)
    )
    await tx.session.flush()
