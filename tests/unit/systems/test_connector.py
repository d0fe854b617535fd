"""The protocol that makes each effect happen once: what `apply` does in every case."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson, OutcomeUnknown, Refused, Retryable
from domain.plans import ChangeKind
from domain.ports import EffectStatus
from domain.steps import Resource
from systems.connector import Connector
from tests.memory_ledger import Lines, MemoryLedger
from tests.unit.systems.shelf import (
    COMPANY,
    LONG_AGO,
    Accident,
    Crash,
    Shelf,
    ShelfPart,
    shelf_system,
    wanted,
)


async def apply(part: ShelfPart, ledger: MemoryLedger, *, confirmed: bool = False) -> Resource:
    system = shelf_system(part)
    return await system.apply(COMPANY, wanted(part), {}, ledger, confirmed=confirmed)


async def status(ledger: MemoryLedger) -> EffectStatus:
    return (await ledger.entries("shelf"))[0].status


@pytest.mark.parametrize("unique", [True, False])
async def test_one_object_is_made_and_journalled_when_nothing_is_there(unique: bool) -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    resource = await apply(ShelfPart(shelf, unique=unique), ledger)
    assert resource.created_by_us
    assert len(shelf.things) == shelf.makes == 1
    assert (await ledger.entries("shelf"))[0].resource == resource


async def test_nothing_is_called_when_the_effect_is_journalled_already() -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    first = await apply(ShelfPart(shelf), ledger)
    assert await apply(ShelfPart(shelf), ledger) == first
    assert shelf.makes == 1


@pytest.mark.parametrize("unique", [True, False])
async def test_our_object_is_found_when_the_answer_was_lost(unique: bool) -> None:
    shelf, ledger = Shelf(accidents=["lost_after"]), MemoryLedger("run_1")
    resource = await apply(ShelfPart(shelf, unique=unique), ledger)
    assert resource.created_by_us
    assert len(shelf.things) == shelf.makes == 1


async def test_our_unmarked_object_is_found_when_the_answer_was_lost() -> None:
    shelf, ledger = Shelf(accidents=["lost_after"], marks=False), MemoryLedger("run_1")
    assert (await apply(ShelfPart(shelf), ledger)).created_by_us


async def test_it_is_called_once_more_when_the_lost_call_had_no_effect() -> None:
    shelf, ledger = Shelf(accidents=["lost_before"]), MemoryLedger("run_1")
    part = ShelfPart(shelf, unique=False)
    with pytest.raises(OutcomeUnknown):
        await apply(part, ledger)
    assert await status(ledger) is EffectStatus.INTENT
    assert (await apply(part, ledger)).created_by_us
    assert (len(shelf.things), shelf.makes) == (1, 2)


async def test_a_late_object_is_found_when_the_first_look_ups_miss_it() -> None:
    shelf, ledger = Shelf(accidents=["lost_after"]), MemoryLedger("run_1")
    shelf.hidden_reads = 2
    part = ShelfPart(shelf)
    system = shelf_system(part, lags=3)
    resource = await system.apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
    assert resource.created_by_us


async def test_the_outcome_stays_unknown_when_the_look_up_fails_too() -> None:
    unread = Retryable(ErrorCode.UNAVAILABLE, "Down.", effect=Effect.NONE)
    shelf, ledger = Shelf(accidents=["lost_after"], unread=[unread]), MemoryLedger("run_1")
    with pytest.raises(OutcomeUnknown) as fault:
        await apply(ShelfPart(shelf), ledger)
    assert fault.value.effect is Effect.UNKNOWN
    assert await status(ledger) is EffectStatus.INTENT
    assert (await apply(ShelfPart(shelf), ledger)).created_by_us
    assert len(shelf.things) == 1


@pytest.mark.parametrize("unique", [True, False])
async def test_our_object_is_found_when_a_crash_came_before_the_journal(unique: bool) -> None:
    shelf, ledger = Shelf(accidents=["crash_after"]), MemoryLedger("run_1")
    part = ShelfPart(shelf, unique=unique)
    with pytest.raises(Crash):
        await apply(part, ledger)
    assert (await apply(part, ledger)).created_by_us
    assert len(shelf.things) == shelf.makes == 1


async def test_it_is_made_when_a_crash_came_before_the_call() -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), ledger)
    assert (await apply(ShelfPart(shelf), ledger)).created_by_us
    assert len(shelf.things) == 1


@pytest.mark.parametrize("accident", ["crash_after", "lost_after"])
async def test_a_person_is_asked_when_nobody_can_look_up_what_happened(accident: Accident) -> None:
    shelf, ledger = Shelf(accidents=[accident]), MemoryLedger("run_1")
    part = ShelfPart(shelf, unique=False, can_look_up=False)
    with pytest.raises((Crash, NeedsPerson)):
        await apply(part, ledger)
    with pytest.raises(NeedsPerson) as fault:
        await apply(part, ledger)
    assert fault.value.effect is Effect.UNKNOWN
    assert shelf.makes == 1
    assert await status(ledger) is EffectStatus.INTENT


async def test_it_is_done_again_when_a_person_confirmed_the_unknown_outcome() -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    part = ShelfPart(shelf, kind="mail", unique=False, can_look_up=False)
    with pytest.raises(Crash):
        await apply(part, ledger)
    assert (await apply(part, ledger, confirmed=True)).created_by_us
    assert len(shelf.things) == 1


@pytest.mark.parametrize("unique", [True, False])
async def test_what_an_earlier_run_made_is_adopted_and_not_claimed(unique: bool) -> None:
    shelf = Shelf()
    thing = shelf.put(COMPANY.company_id, created_at=LONG_AGO)
    resource = await apply(ShelfPart(shelf, unique=unique), MemoryLedger("run_1"))
    assert (resource.id, resource.created_by_us) == (thing.id, False)
    assert len(shelf.things) == 1


async def test_an_old_marked_object_is_not_claimed_when_an_intent_was_reopened() -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), ledger)
    shelf.put(COMPANY.company_id, created_at=LONG_AGO)
    assert not (await apply(ShelfPart(shelf), ledger)).created_by_us


@pytest.mark.parametrize("mark", ["co_2222", None])
@pytest.mark.parametrize("unique", [True, False])
async def test_a_strangers_object_is_a_conflict_when_it_has_our_name(
    unique: bool, mark: str | None
) -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    shelf.put(mark, ours=mark is not None, created_at=LONG_AGO)
    with pytest.raises(NeedsPerson) as fault:
        await apply(ShelfPart(shelf, unique=unique), ledger)
    assert fault.value.error_code is ErrorCode.CONFLICT
    assert await status(ledger) is EffectStatus.REFUSED
    assert len(shelf.things) == 1


async def test_an_unmarked_object_is_a_conflict_when_it_is_older_than_our_intent() -> None:
    shelf, ledger = Shelf(accidents=["lost_before"]), MemoryLedger("run_1")
    with pytest.raises(OutcomeUnknown):
        await apply(ShelfPart(shelf), ledger)
    shelf.put(None, created_at=LONG_AGO)
    with pytest.raises(NeedsPerson) as fault:
        await apply(ShelfPart(shelf), ledger)
    assert fault.value.error_code is ErrorCode.CONFLICT


async def test_an_unmarked_object_is_adopted_when_an_earlier_run_made_it() -> None:
    shelf, shared = Shelf(marks=False), Lines()
    first = await apply(ShelfPart(shelf), MemoryLedger("run_1", shared))
    second = await apply(ShelfPart(shelf), MemoryLedger("run_2", shared))
    assert (second.id, second.created_by_us) == (first.id, False)


async def test_a_taken_name_that_nobody_can_see_is_a_conflict() -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    shelf.put("co_2222")
    shelf.hidden_reads = 9
    with pytest.raises(NeedsPerson) as fault:
        await apply(ShelfPart(shelf), ledger)
    assert fault.value.error_code is ErrorCode.CONFLICT


@pytest.mark.parametrize("kind", [ChangeKind.ADOPT, ChangeKind.NO_OP])
async def test_the_plan_has_changed_when_what_was_to_be_adopted_is_gone(kind: ChangeKind) -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    part = ShelfPart(shelf)
    change = wanted(part).become(kind)
    with pytest.raises(Refused) as fault:
        await shelf_system(part).apply(COMPANY, change, {}, ledger, confirmed=False)
    assert fault.value.error_code is ErrorCode.PLAN_CHANGED
    assert shelf.makes == 0


async def test_nothing_is_called_when_the_plan_shows_a_conflict() -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    part = ShelfPart(shelf)
    change = wanted(part).become(ChangeKind.CONFLICT, reason="It is taken.")
    with pytest.raises(NeedsPerson):
        await shelf_system(part).apply(COMPANY, change, {}, ledger, confirmed=False)
    assert (shelf.makes, list(await ledger.entries("shelf"))) == (0, [])


async def test_a_claim_is_cleared_when_another_run_has_the_object() -> None:
    shelf, shared = Shelf(accidents=["crash_before"]), Lines()
    second = MemoryLedger("run_2", shared)
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), second)
    shared_first = MemoryLedger("run_1", shared)
    change = wanted(ShelfPart(shelf)).model_copy(update={"target": "another lease"})
    await shared_first.intend(change)
    thing = shelf.put(COMPANY.company_id)
    await shared_first.applied(change, Resource(kind="thing", id=thing.id, created_by_us=True))
    assert not (await apply(ShelfPart(shelf), second)).created_by_us


async def test_the_second_run_waits_when_two_work_on_one_target() -> None:
    shelf, shared = Shelf(accidents=["lost_before"]), Lines()
    with pytest.raises(OutcomeUnknown):
        await apply(ShelfPart(shelf), MemoryLedger("run_1", shared))
    with pytest.raises(Retryable):
        await apply(ShelfPart(shelf), MemoryLedger("run_2", shared))
    assert shelf.makes == 1


@pytest.mark.parametrize("accident", ["refused", "busy"])
async def test_the_intent_is_closed_when_the_call_certainly_had_no_effect(
    accident: Accident,
) -> None:
    shelf, shared = Shelf(accidents=[accident]), Lines()
    first = MemoryLedger("run_1", shared)
    with pytest.raises((Refused, Retryable)):
        await apply(ShelfPart(shelf), first)
    assert await status(first) is EffectStatus.REFUSED
    assert (await apply(ShelfPart(shelf), MemoryLedger("run_2", shared))).created_by_us


async def test_an_open_intent_stays_open_when_a_later_try_is_refused() -> None:
    shelf, ledger = Shelf(accidents=["lost_before", "refused"]), MemoryLedger("run_1")
    with pytest.raises(OutcomeUnknown):
        await apply(ShelfPart(shelf), ledger)
    with pytest.raises(Refused):
        await apply(ShelfPart(shelf), ledger)
    assert await status(ledger) is EffectStatus.INTENT


async def test_a_change_is_refused_when_no_part_wants_it() -> None:
    part = ShelfPart(Shelf())
    other = Company(company_id="co_2222", name="Other", slug="other")
    with pytest.raises(Refused) as fault:
        await Connector.verify(shelf_system(part), other, wanted(part), {})
    assert fault.value.error_code is ErrorCode.PLAN_CHANGED
