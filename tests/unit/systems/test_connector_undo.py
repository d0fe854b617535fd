"""What is taken back, what is left alone, and what can only be reported."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, OutcomeUnknown, Retryable
from domain.ports import EffectStatus, Entry, Undone
from tests.memory_ledger import MemoryLedger
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


async def apply(part: ShelfPart, ledger: MemoryLedger) -> None:
    await shelf_system(part).apply(COMPANY, wanted(part), {}, ledger, confirmed=False)


async def undo(part: ShelfPart, ledger: MemoryLedger) -> Undone:
    (entry,) = await ledger.entries("shelf")
    return await shelf_system(part).undo(COMPANY, entry, ledger)


async def closed(ledger: MemoryLedger) -> Entry:
    (entry,) = await ledger.entries("shelf")
    return entry


async def test_what_we_made_is_taken_back() -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    await apply(ShelfPart(shelf), ledger)
    assert (await undo(ShelfPart(shelf), ledger)).note == "taken back"
    assert shelf.things == []
    assert (await closed(ledger)).status is EffectStatus.UNDONE


async def test_what_was_adopted_is_left_alone() -> None:
    shelf, ledger = Shelf(), MemoryLedger("run_1")
    shelf.put(COMPANY.company_id, created_at=LONG_AGO)
    await apply(ShelfPart(shelf), ledger)
    await undo(ShelfPart(shelf), ledger)
    assert len(shelf.things) == 1


@pytest.mark.parametrize("accident", ["crash_after", "lost_after"])
async def test_a_lost_object_is_found_and_taken_back_when_its_run_is_rolled_back(
    accident: Accident,
) -> None:
    unread = Retryable(ErrorCode.UNAVAILABLE, "Down.", effect=Effect.NONE)
    shelf, ledger = Shelf(accidents=[accident]), MemoryLedger("run_1")
    shelf.unread = [unread] if accident == "lost_after" else []
    with pytest.raises((Crash, OutcomeUnknown)):
        await apply(ShelfPart(shelf), ledger)
    await undo(ShelfPart(shelf), ledger)
    assert shelf.things == []


async def test_nothing_is_called_when_an_open_intent_had_no_effect() -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), ledger)
    assert not (await undo(ShelfPart(shelf), ledger)).left
    assert (await closed(ledger)).status is EffectStatus.UNDONE


@pytest.mark.parametrize("mark", ["co_2222", None])
async def test_a_strangers_object_is_left_alone_when_an_intent_is_open(mark: str | None) -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), ledger)
    shelf.put(mark, created_at=LONG_AGO)
    await undo(ShelfPart(shelf), ledger)
    assert len(shelf.things) == 1


async def test_an_effect_is_reported_as_left_when_nobody_can_look_it_up() -> None:
    shelf, ledger = Shelf(accidents=["lost_after"]), MemoryLedger("run_1")
    part = ShelfPart(shelf, kind="mail", unique=False, can_look_up=False)
    with pytest.raises(NeedsPerson):
        await apply(part, ledger)
    undone = await undo(part, ledger)
    assert undone.left
    assert "nobody can look up" in undone.note
    assert (await closed(ledger)).status is EffectStatus.LEFT


async def test_an_undo_stays_open_when_the_look_up_fails() -> None:
    shelf, ledger = Shelf(accidents=["crash_after"]), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await apply(ShelfPart(shelf), ledger)
    shelf.unread = [Retryable(ErrorCode.UNAVAILABLE, "Down.", effect=Effect.NONE)]
    with pytest.raises(Retryable):
        await undo(ShelfPart(shelf), ledger)
    await undo(ShelfPart(shelf), ledger)
    assert shelf.things == []
