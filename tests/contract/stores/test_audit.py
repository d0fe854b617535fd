"""The audit log: one chain whoever writes, and nothing can be taken out of it unseen."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Select, select, text, update
from sqlalchemy.exc import DBAPIError

from agentos.beside import beside
from domain.decisions import Answer, DecisionKind
from domain.errors import StalePlan
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES
from domain.status import RunStatus
from server.lifecycle import audit, cancels, decisions, launches, pauses
from server.lifecycle.messages import Message, once
from server.lifecycle.rounds import rounds
from server.lifecycle.service import Actor
from server.store.audit import Head, Link
from server.store.database import Database
from server.store.postgres import PostgresDatabase
from server.store.tables import MessageRow
from tests.doubles.house import DANA, House

ERIN = Actor("erin", "cli", scopes=ALL_SCOPES)
FREED = {
    False: ("audit_stays", "audit_stays_so", "audit_head_grows", "audit_head_stays"),
    True: ("audit_stays", "audit_head_stays"),
}
"""The triggers, which an owner of the database can drop."""


async def _links(home: House) -> list[Link]:
    return [link async for link in audit.read(home.service.database)]


async def _written(home: House, entries: int) -> list[Link]:
    for number in range(entries):
        async with home.service.database.write() as tx:
            audit.note(tx, DANA, "key.create", f"key {number}", scopes=["viewer"])
    return await _links(home)


async def _execute(home: House, *statements: str) -> None:
    async with home.service.database.write() as tx:
        for statement in statements:
            await tx.session.execute(text(statement))


async def _freed(home: House) -> None:
    async with home.service.database.write() as tx:
        on_postgres = tx.on_postgres
    for name in FREED[on_postgres]:
        table = "audit_head" if "head" in name else "audit"
        where = f" ON {table}" if on_postgres else ""
        await _execute(home, f"DROP TRIGGER {name}{where}")


async def test_every_verb_leaves_an_entry(home: House) -> None:
    await home.engine.serve(home.driver)
    service = home.service
    request = LaunchRequest(company_name="Acme Corp", idempotency_key="k", note="dana@acme.test")
    run = (await launches.launch(service, request, DANA)).run
    await launches.launch(service, request, DANA)
    run = await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    await pauses.pause(service, run.run_id, ERIN)
    await pauses.pause(service, run.run_id, ERIN)
    await pauses.resume(service, run.run_id, ERIN)
    await pauses.pause(service, run.run_id, ERIN)
    approve = Answer(kind=DecisionKind.DENY, reason="Ask erin@acme.test first.")
    await decisions.decide(service, run.run_id, approve, DANA, resuming=True)
    await decisions.decide(service, run.run_id, approve, DANA)
    other = await home.launch("Globex")
    await cancels.cancel(service, other.run_id, ERIN, reason="Not erin@acme.test's.")
    await home.engine.drain()
    said = [(link.entry.action, link.entry.actor) for link in await _links(home)]
    assert said == [
        ("run.launch", "dana"),
        ("run.pause", "erin"),
        ("run.resume", "erin"),
        ("run.pause", "erin"),
        ("run.resume", "dana"),
        ("decision.deny", "dana"),
        ("run.launch", "dana"),
        ("run.cancel", "erin"),
    ]
    assert not any("@" in str(link) for link in await _links(home))
    assert (await audit.verify(service.database)).ok


async def _crowd(database: Database) -> list[BaseException]:
    """Twelve writers at a time, of two entries each; what they met."""

    async def write(number: int) -> None:
        async with database.write() as tx:
            audit.note(tx, DANA, "key.create", f"key {number}")
            audit.note(tx, DANA, "key.revoke", f"key {number}")

    done = await asyncio.gather(*(write(number) for number in range(12)), return_exceptions=True)
    return [each for each in done if each is not None]


async def test_chain_is_one_when_many_write_at_a_time(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers of either kind; in the negative control they do not take turns and collide."""
    database, workbench = home.service.database, home.driver.service.database
    said = await asyncio.gather(_crowd(database), _crowd(workbench))
    assert not any(said)
    verdict = await audit.verify(database)
    assert (verdict.entries, verdict.faults) == (48, ())
    monkeypatch.setattr(Select, "with_for_update", lambda select: select)
    said = await asyncio.gather(_crowd(database), _crowd(workbench))
    assert any(said) is isinstance(database, PostgresDatabase)
    assert (await audit.verify(database)).ok


async def test_database_refuses_to_change_what_is_there(home: House) -> None:
    before = await _written(home, 3)
    for statement in (
        "UPDATE audit SET actor = 'erin' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit_head SET seq = 1",
        "UPDATE audit_head SET seq = 9",
        "DELETE FROM audit_head",
    ):
        with pytest.raises(DBAPIError, match="can only be added to"):
            await _execute(home, statement)
    with pytest.raises(StalePlan):
        await _noted_and_taken_back(home)
    assert await _links(home) == before


async def _noted_and_taken_back(home: House) -> None:
    async with home.service.database.write() as tx:
        audit.note(tx, DANA, "key.create", "key")
        raise StalePlan("Taken back.", current_digest="")


Tampering = Callable[[Sequence[Link]], tuple[str, ...]]


def _rehashed(links: Sequence[Link]) -> tuple[str, ...]:
    link = links[3]
    forged = Link(link.seq, link.entry, links[1].hash, "").entry.hash(links[1].hash, link.seq)
    return (f"UPDATE audit SET prev = '{links[1].hash}', hash = '{forged}' WHERE seq = 4",)


TAMPERED: dict[str, tuple[Tampering, str]] = {
    "nothing": (lambda _: (), ""),
    "a word": (lambda _: ("UPDATE audit SET actor = 'erin' WHERE seq = 3",), "Entry 3 was"),
    "a detail": (lambda _: ("UPDATE audit SET details = '{}' WHERE seq = 3",), "Entry 3 was"),
    "a time": (
        lambda _: ("UPDATE audit SET at = '2026-01-01 00:00:00.000000' WHERE seq = 3",),
        "Entry 3 was changed",
    ),
    "a hash": (
        lambda links: (f"UPDATE audit SET hash = '{links[0].hash}' WHERE seq = 3",),
        "Entry 3 was changed",
    ),
    "one in the middle": (lambda _: ("DELETE FROM audit WHERE seq = 3",), "Before entry 4"),
    "the first": (lambda _: ("DELETE FROM audit WHERE seq = 1",), "Before entry 2"),
    "the middle, closed": (
        lambda _: ("DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4"),
        "Entry 3 was changed",
    ),
    "one that is hashed anew": (_rehashed, "Entry 4 does not follow"),
    "the tail": (lambda _: ("DELETE FROM audit WHERE seq > 4",), "entry 6 was there, 4 is"),
    "everything": (lambda _: ("DELETE FROM audit",), "entry 6 was there, 0 is"),
    "the head": (lambda _: ("DELETE FROM audit_head",), "goes on after entry 0"),
}


async def test_verify_finds_what_was_tampered_with(home: House) -> None:
    links = await _written(home, 6)
    await _freed(home)
    tables = ("audit", "audit_head")
    await _execute(home, *(f"CREATE TABLE {each}_kept AS SELECT * FROM {each}" for each in tables))
    for kind, (tampering, expected) in TAMPERED.items():
        await _execute(home, *tampering(links))
        verdict = await audit.verify(home.service.database)
        assert verdict.ok is (kind == "nothing"), kind
        assert expected in " ".join(verdict.faults), kind
        for each in tables:
            restored = f"INSERT INTO {each} SELECT * FROM {each}_kept"
            await _execute(home, f"DELETE FROM {each}", restored)


async def test_only_a_kept_head_finds_a_tail_that_was_cut_with_its_head(home: House) -> None:
    links = await _written(home, 6)
    kept = Head(links[5].seq, links[5].hash)
    await _freed(home)
    cut = f"UPDATE audit_head SET seq = 4, hash = '{links[3].hash}'"
    await _execute(home, "DELETE FROM audit WHERE seq > 4", cut)
    verify = partial(audit.verify, home.service.database)
    assert (await verify()).ok
    assert "entry 6 was there" in (await verify([kept])).faults[0]
    await _written(home, 2)
    assert (await verify()).ok
    assert "Entry 6 is not the one" in (await verify([kept])).faults[0]


async def test_head_is_told_and_old_ids_are_forgotten_every_hour(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    links = await _written(home, 2)
    database = home.service.database
    for name in ("old", "new"):
        async with database.write() as tx:
            await once(tx, Message(name, 1, "", "default"))
    async with database.write() as tx:
        yesterday = update(MessageRow).where(MessageRow.message_id == "old")
        await tx.session.execute(yesterday.values(seen_at=tx.now - timedelta(days=2)))
    async with beside(rounds(database)):
        async with asyncio.timeout(20):
            while await _ids(home) != ["new"]:
                await asyncio.sleep(0.01)
    assert caplog.messages == [f"The head of the audit log is 2:{links[1].hash}"]


async def _ids(home: House) -> list[str]:
    async with home.service.database.read() as tx:
        return list(await tx.session.scalars(select(MessageRow.message_id)))


async def test_what_was_done_to_one_run_is_found_by_its_tenant_alone(home: House) -> None:
    await home.launch("Globex")
    run = await home.launch("Acme Corp")
    await cancels.cancel(home.service, run.run_id, ERIN)
    found = await audit.about(home.service, run.run_id, DANA)
    assert [link.entry.action for link in found] == ["run.cancel", "run.launch"]
    stranger = Actor("eve", "api", tenant="other", scopes=ALL_SCOPES)
    assert await audit.about(home.service, run.run_id, stranger) == []
