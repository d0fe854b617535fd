"""The API keys that were given out. What they say is not here, only a digest of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from domain.errors import NotFound
from domain.keys import ApiKey
from server.store.tables import KeyRow
from server.store.transactions import Transaction


class Kept(NamedTuple):
    """A key and the digest of what it says."""

    key: ApiKey
    digest: str


async def add(tx: Transaction, key: ApiKey, digest: str) -> None:
    """Remember a new key."""
    columns = key.model_dump()
    columns |= {name: sorted(columns[name]) for name in ("scopes", "groups")}
    tx.session.add(KeyRow(**columns, digest=digest))
    await tx.session.flush()


async def get(tx: Transaction, key_id: str) -> Kept | None:
    """The key with this id, whoever's it is and whether or not it is still valid."""
    row = await tx.session.get(KeyRow, key_id)
    return Kept(_key(row), row.digest) if row else None


async def of_tenant(tx: Transaction, tenant: str) -> list[ApiKey]:
    """The keys of a tenant, newest first."""
    query = select(KeyRow).where(KeyRow.tenant == tenant).order_by(KeyRow.key_id.desc())
    return [_key(row) for row in await tx.session.scalars(query)]


async def held(tx: Transaction, key_id: str, *, tenant: str) -> ApiKey:
    """The key, which nobody else changes until the transaction ends; `NotFound` if it is another
    tenant's."""
    wanted = select(KeyRow).where(KeyRow.key_id == key_id, KeyRow.tenant == tenant)
    row = await tx.session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound("There is no key with this id.", advice="See `agentos keys list`.")
    return _key(row)


async def change(
    tx: Transaction,
    key_id: str,
    *,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
    used_at: datetime | None = None,
) -> None:
    """Set what is given; a key is never made valid again."""
    given = {"expires_at": expires_at, "revoked_at": revoked_at, "used_at": used_at}
    values: Mapping[str, Any] = {name: at for name, at in given.items() if at is not None}
    await tx.session.execute(update(KeyRow).where(KeyRow.key_id == key_id).values(**values))


def _key(row: KeyRow) -> ApiKey:
    return ApiKey.model_validate({name: getattr(row, name) for name in ApiKey.model_fields})
