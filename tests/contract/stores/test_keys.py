"""API keys in either store: given out, looked up, rotated, taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import IllegalMove, NotAllowed, NotFound
from domain.keys import Holder
from domain.scopes import ALL_SCOPES, Scope
from server.auth import keys as texts
from server.lifecycle import callers, keys
from server.lifecycle.callers import KeyRing
from server.lifecycle.service import Actor
from server.store import audit
from server.store.tables import KeyRow
from tests.doubles.house import House

ADMIN = Actor("root", "cli", scopes=ALL_SCOPES)
NORTH = Actor("root", "cli", "north", scopes=ALL_SCOPES)
YEAR = timedelta(days=365)
DANA = Holder(
    owner="dana", scopes=frozenset({Scope.OPERATOR}), groups=frozenset({"ops"}), label="laptop"
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_the_holder_of_a_key_is_its_owner_with_what_it_permits(home: House) -> None:
    made = await keys.create(home.service.database, NORTH, DANA, lifetime=YEAR)
    actor = await KeyRing(home.service.database).holder(made.text)
    assert actor == Actor("dana", "api", "north", frozenset({"ops"}), frozenset({Scope.OPERATOR}))


async def test_nobody_holds_a_key_that_was_never_given_out(home: House) -> None:
    """Not even one with the id of another, or in the place of one."""
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=None)
    ring = KeyRing(home.service.database)
    assert await ring.holder(texts.mint().text) is None
    async with home.service.database.write() as tx:
        row = await tx.session.get(KeyRow, made.key.key_id)
        assert row
        row.digest = texts.mint().digest
    assert await ring.holder(made.text) is None


async def test_what_a_key_says_is_kept_nowhere(home: House) -> None:
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=None)
    secret = made.text.split("_")[2]
    async with home.service.database.read() as tx:
        row = await tx.session.get(KeyRow, made.key.key_id)
        assert row
        assert all(secret not in str(value) for value in vars(row).values())
    assert [secret in str(one.entry) async for one in audit.read(home.service.database)] == [False]


async def test_a_key_opens_nothing_when_it_is_over(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=timedelta(hours=1))
    ring = KeyRing(home.service.database)
    assert await ring.holder(made.text)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Later":
            return cls.fromtimestamp(datetime.now(UTC).timestamp() + 3_601, UTC)

    monkeypatch.setattr(callers, "datetime", Later)
    assert await ring.holder(made.text) is None, "although it is still remembered"


async def test_a_revoked_key_opens_nothing_once_what_is_remembered_is_old(home: House) -> None:
    clock = Clock()
    here, there = (KeyRing(home.service.database, clock=clock) for _ in range(2))
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=YEAR)
    assert await here.holder(made.text)
    await keys.revoke(home.service.database, ADMIN, made.key.key_id)
    assert await there.holder(made.text) is None
    assert await here.holder(made.text)
    clock.now = callers.FRESH_SECONDS
    assert await here.holder(made.text) is None
    assert callers.FRESH_SECONDS <= 5
    assert (await keys.revoke(home.service.database, ADMIN, made.key.key_id)).revoked_at


async def test_two_keys_open_while_one_is_rotated(home: House) -> None:
    old = await keys.create(home.service.database, ADMIN, DANA, lifetime=YEAR)
    new = await keys.rotate(
        home.service.database, ADMIN, old.key.key_id, overlap=timedelta(hours=1)
    )
    ring = KeyRing(home.service.database)
    assert await ring.holder(old.text) == await ring.holder(new.text) is not None
    assert new.key.replaces == old.key.key_id
    first, second = await keys.list_keys(home.service.database, ADMIN)
    assert (first.key_id, second.key_id) == (new.key.key_id, old.key.key_id)
    assert first.expires_at
    assert second.expires_at
    assert first.expires_at - first.created_at == YEAR
    assert second.expires_at - first.created_at == timedelta(hours=1)


async def test_a_rotated_key_is_over_at_once_without_overlap(home: House) -> None:
    old = await keys.create(home.service.database, ADMIN, DANA, lifetime=None)
    new = await keys.rotate(home.service.database, ADMIN, old.key.key_id, overlap=timedelta(0))
    ring = KeyRing(home.service.database)
    assert await ring.holder(old.text) is None
    assert await ring.holder(new.text)
    assert new.key.expires_at is None
    with pytest.raises(IllegalMove):
        await keys.rotate(home.service.database, ADMIN, old.key.key_id, overlap=timedelta(0))


async def test_keys_of_another_tenant_are_not_there(home: House) -> None:
    made = await keys.create(home.service.database, NORTH, DANA, lifetime=None)
    assert await keys.list_keys(home.service.database, ADMIN) == []
    with pytest.raises(NotFound):
        await keys.revoke(home.service.database, ADMIN, made.key.key_id)
    with pytest.raises(NotFound):
        await keys.rotate(home.service.database, ADMIN, made.key.key_id, overlap=YEAR)


async def test_only_who_may_manage_keys_does(home: House) -> None:
    actor = Actor("dana", "api", scopes=ALL_SCOPES - {Scope.ADMIN})
    database = home.service.database
    with pytest.raises(NotAllowed):
        await keys.create(database, actor, DANA, lifetime=None)
    with pytest.raises(NotAllowed):
        await keys.list_keys(database, actor)
    with pytest.raises(NotAllowed):
        await keys.revoke(database, actor, "key_0")
    with pytest.raises(NotAllowed):
        await keys.rotate(database, actor, "key_0", overlap=YEAR)


async def test_each_change_of_a_key_is_in_the_audit_log(home: House) -> None:
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=None)
    await keys.rotate(home.service.database, ADMIN, made.key.key_id, overlap=YEAR)
    for _ in range(2):
        await keys.revoke(home.service.database, ADMIN, made.key.key_id)
    noted = [link.entry.action async for link in audit.read(home.service.database)]
    assert noted == ["key.create", "key.create", "key.revoke"]


async def test_when_a_key_was_last_used_is_known_to_the_hour(home: House) -> None:
    made = await keys.create(home.service.database, ADMIN, DANA, lifetime=None)
    for _ in range(2):
        assert await KeyRing(home.service.database).holder(made.text)
    (key,) = await keys.list_keys(home.service.database, ADMIN)
    assert key.used_at
    assert key.created_at <= key.used_at
