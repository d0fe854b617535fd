"""Giving out API keys and taking them back; whoever does acts for one tenant, the actor's."""

from datetime import timedelta
from typing import NamedTuple

from domain.errors import IllegalMove, Invalid
from domain.keys import ApiKey, Holder
from domain.scopes import Scope
from server.auth import keys as texts
from server.lifecycle import audit
from server.lifecycle.service import Actor
from server.store import keys
from server.store.database import Database
from server.store.transactions import Transaction


class Given(NamedTuple):
    """A new key, and what it says: `text` can be read here and never again."""

    key: ApiKey
    text: str


async def create(
    database: Database, actor: Actor, holder: Holder, *, lifetime: timedelta | None
) -> Given:
    """Give out a key; one without a `lifetime` never expires."""
    actor.require(Scope.ADMIN)
    async with database.write() as tx:
        return await _give(tx, actor, holder, lifetime=lifetime)


async def list_keys(database: Database, actor: Actor) -> list[ApiKey]:
    """The keys, newest first; those that are no longer valid, too."""
    actor.require(Scope.ADMIN)
    async with database.read() as tx:
        return await keys.of_tenant(tx, actor.tenant)


async def revoke(database: Database, actor: Actor, key_id: str) -> ApiKey:
    """Take a key back: within seconds it opens nothing any more, anywhere."""
    actor.require(Scope.ADMIN)
    async with database.write() as tx:
        key = await keys.held(tx, key_id, tenant=actor.tenant)
        if key.revoked_at is None:
            await keys.change(tx, key_id, revoked_at=tx.now)
            audit.note(tx, actor, "key.revoke", key_id, owner=key.owner)
    return key.model_copy(update={"revoked_at": key.revoked_at or tx.now})


async def rotate(database: Database, actor: Actor, key_id: str, *, overlap: timedelta) -> Given:
    """Give out a key like this one, which itself opens for no longer than `overlap` from now."""
    actor.require(Scope.ADMIN)
    if overlap < timedelta(0):
        raise Invalid("overlap is negative.", field="overlap")
    async with database.write() as tx:
        old = await keys.held(tx, key_id, tenant=actor.tenant)
        if not old.valid(tx.now):
            raise IllegalMove(
                "The key is no longer valid.", advice="Make a new one with `agentos keys create`."
            )
        lifetime = old.expires_at - old.created_at if old.expires_at else None
        holder = Holder.model_validate(old.model_dump(include=set(Holder.model_fields)))
        new = await _give(tx, actor, holder, lifetime=lifetime, replaces=key_id)
        ends = tx.now + overlap
        await keys.change(tx, key_id, expires_at=min(ends, old.expires_at or ends))
    return new


async def _give(
    tx: Transaction,
    actor: Actor,
    holder: Holder,
    *,
    lifetime: timedelta | None,
    replaces: str | None = None,
) -> Given:
    minted = texts.mint()
    key = ApiKey(
        **holder.model_dump(),
        key_id=minted.key_id,
        tenant=actor.tenant,
        created_at=tx.now,
        created_by=actor.name,
        expires_at=tx.now + lifetime if lifetime else None,
        replaces=replaces,
    )
    await keys.add(tx, key, minted.digest)
    audit.note(
        tx,
        actor,
        "key.create",
        key.key_id,
        owner=key.owner,
        scopes=sorted(key.scopes),
        replaces=replaces,
    )
    return Given(key, minted.text)
