"""The effects ledger on both databases: intents, outcomes, fences, and whose an object is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.codes import ErrorCode
from domain.errors import Halted, LeaseLost, Retryable
from domain.plans import Change, ChangeKind
from domain.ports import EffectStatus
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from domain.steps import Resource
from server.lifecycle import pauses, reads
from server.store import claims
from server.store.claims import Worker
from server.store.effects import RunLedger, reading_ledger
from server.store.tables import RunRow
from tests.doubles.house import DANA, House

COMPANY = "co_1"


def _change(kind: ChangeKind = ChangeKind.CREATE, target: str = "room") -> Change:
    return Change(
        key=f"{COMPANY}/slack/{target}",
        system="slack",
        resource=target,
        kind=kind,
        target=target,
        summary=f"make {target}",
    )


MADE = Resource(kind="room", id="R1", created_by_us=True)


async def _ledger(home: House, name: str = "Acme") -> RunLedger:
    """The ledger of a new run that is being worked on, under the claim of a worker."""
    run = await home.launch(name)
    async with home.service.database.write() as tx:
        claim = await claims.take(
            tx, Worker(name, (home.service.graph_version,), 60.0), run_id=run.run_id
        )
        assert claim is not None
        at_work = update(RunRow).where(RunRow.run_id == run.run_id)
        working = run.model_copy(update={"status": RunStatus.PROVISIONING})
        state = working.model_dump(mode="json")
        await tx.session.execute(at_work.values(status=working.status.value, state=state))
    return RunLedger(
        home.service.database,
        run.run_id,
        COMPANY,
        claim.fence,
        actor="agentos",
        changed=home.service.changed,
        halted=lambda: None,
    )


async def test_an_intent_stands_until_its_outcome_does(home: House) -> None:
    ledger, change = await _ledger(home), _change()
    assert not (await ledger.intend(change)).reopened
    assert (await ledger.intend(change)).reopened
    await ledger.applied(change, MADE)
    entry = await ledger.intend(change)
    assert (entry.status, entry.resource) == (EffectStatus.APPLIED, MADE)
    assert await ledger.known_ids("slack", COMPANY) == {"R1"}


async def test_a_refused_intent_may_be_made_again(home: House) -> None:
    ledger, change = await _ledger(home), _change()
    await ledger.intend(change)
    await ledger.refused(change, ErrorCode.PERMISSION)
    assert not (await ledger.intend(change)).reopened


async def test_entries_are_in_the_order_of_their_intents(home: House) -> None:
    ledger = await _ledger(home)
    for target in ("c", "a", "b"):
        await ledger.intend(_change(target=target))
    assert [entry.change.target for entry in await ledger.entries("slack")] == ["c", "a", "b"]


async def test_an_outcome_and_its_event_are_one(home: House) -> None:
    ledger, change = await _ledger(home), _change()
    await ledger.intend(change)
    await ledger.applied(change, MADE)
    run = (await reads.list_runs(home.service, tenant=DEFAULT_TENANT)).items[0]
    assert run.progress["slack"].applied == {change.key: MADE}


async def test_only_one_run_has_created_an_object(home: House) -> None:
    first, second = await _ledger(home), await _ledger(home, "Globex")
    for ledger, mine in ((first, True), (second, False)):
        await ledger.intend(_change())
        assert (await ledger.applied(_change(), MADE)).created_by_us is mine


async def test_a_run_has_created_an_object_again_when_the_system_has_said_so(home: House) -> None:
    for name in ("Acme", "Globex"):
        ledger = await _ledger(home, name)
        await ledger.intend(_change())
        assert (await ledger.applied(_change(), MADE, answered=True)).created_by_us


async def test_any_run_may_have_changed_it(home: House) -> None:
    change = _change(ChangeKind.UPDATE)
    for name in ("Acme", "Globex"):
        ledger = await _ledger(home, name)
        await ledger.intend(change)
        assert (await ledger.applied(change, MADE)).created_by_us


async def test_two_runs_do_not_work_on_one_target_at_a_time(home: House) -> None:
    first, second = await _ledger(home), await _ledger(home, "Globex")
    await first.intend(_change())
    with pytest.raises(Retryable):
        await second.intend(_change())
    await first.applied(_change(), MADE)
    await second.intend(_change())


async def test_nothing_is_begun_once_a_pause_is_asked_for(home: House) -> None:
    ledger = await _ledger(home)
    await ledger.intend(_change(target="before"))
    run = (await reads.list_runs(home.service, tenant=DEFAULT_TENANT)).items[0]
    await pauses.pause(home.service, run.run_id, DANA)
    with pytest.raises(Halted):
        await ledger.intend(_change(target="after"))
    assert (await ledger.intend(_change(target="before"))).reopened


async def test_a_worker_that_was_cut_off_can_write_nothing(home: House) -> None:
    ledger, change = await _ledger(home), _change()
    await ledger.intend(change)
    async with home.service.database.write() as tx:
        await claims.free(tx, "Acme")
    for work in (
        ledger.intend(_change(target="other")),
        ledger.applied(change, MADE),
        ledger.refused(change, ErrorCode.UNKNOWN),
        ledger.undone(change, left=False, note=""),
    ):
        with pytest.raises(LeaseLost):
            await work
    (entry,) = await ledger.entries("slack")
    assert entry.status is EffectStatus.INTENT


async def test_the_ledger_of_no_run_only_tells(home: House) -> None:
    ledger = await _ledger(home)
    await ledger.intend(_change())
    await ledger.applied(_change(), MADE)
    reading = reading_ledger(home.service.database, COMPANY)
    assert await reading.known_ids("slack", COMPANY) == {"R1"}
    with pytest.raises(LeaseLost):
        await reading.intend(_change(target="other"))


async def test_intents_tell_when_they_began(home: House) -> None:
    ledger = await _ledger(home)
    began = (await ledger.intend(_change())).began_at
    async with home.service.database.write() as tx:
        assert timedelta(0) <= tx.now - began < timedelta(minutes=1)
