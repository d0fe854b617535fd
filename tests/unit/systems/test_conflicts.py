"""What is not ours is adopted by an explicit choice only, and is exactly what was shown."""

from dataclasses import replace

import pytest

from domain.choices import Choices
from domain.codes import ErrorCode
from domain.companies import is_another_companys
from domain.errors import NeedsPerson
from domain.plans import ChangeKind, Option
from tests.memory_ledger import Lines, MemoryLedger
from tests.unit.systems.shelf import COMPANY, LONG_AGO, NAME, Shelf, ShelfPart, shelf_system

CHOSEN = COMPANY.model_copy(update={"choices": Choices(adopt=(NAME,))})
ELSE = COMPANY.model_copy(update={"choices": Choices(adopt=("thing-globex",))})


def strange() -> tuple[Shelf, ShelfPart]:
    shelf = Shelf()
    shelf.put(ours=False, created_at=LONG_AGO)
    return shelf, ShelfPart(shelf)


async def test_a_conflict_says_what_can_be_done() -> None:
    _, part = strange()
    (change,) = await shelf_system(part).plan(ELSE, MemoryLedger("run_1"))
    assert (change.kind, change.options) == (ChangeKind.CONFLICT, tuple(Option))
    assert change.reason == (
        f"{NAME} exists and was not made by us. "
        "Adopt it as it is, choose another slug or leave the system out."
    )


async def test_nothing_is_ever_adopted_from_another_company() -> None:
    shelf = Shelf()
    shelf.put("co_2222")
    part = ShelfPart(shelf)
    (change,) = await shelf_system(part).plan(CHOSEN, MemoryLedger("run_1"))
    assert (change.kind, change.options) == (ChangeKind.CONFLICT, (Option.SLUG, Option.SKIP))
    adopt = change.become(ChangeKind.ADOPT, before=change.before)
    with pytest.raises(NeedsPerson):
        await shelf_system(part).apply(CHOSEN, adopt, {}, MemoryLedger("run_1"), confirmed=False)


async def test_a_strangers_thing_is_adopted_by_choice_and_left_by_an_undo() -> None:
    shelf, part = strange()
    before, system, lines = list(shelf.things), shelf_system(part), Lines()
    ledger = MemoryLedger("run_1", lines)
    (change,) = await system.plan(CHOSEN, ledger)
    assert change.kind is ChangeKind.ADOPT
    resource = await system.apply(CHOSEN, change, {}, ledger, confirmed=False)
    assert not resource.created_by_us
    (again,) = await system.plan(COMPANY, MemoryLedger("run_2", lines))
    assert again.kind is ChangeKind.ADOPT  # once chosen, the ledger knows it
    (entry,) = await ledger.entries("shelf")
    await system.undo(CHOSEN, entry, ledger)
    assert (shelf.things, shelf.makes) == (before, 0)
    (after,) = await system.plan(COMPANY, MemoryLedger("run_3", lines))
    assert after.kind is ChangeKind.CONFLICT


async def test_only_what_was_shown_is_adopted() -> None:
    shelf, part = strange()
    ledger = MemoryLedger("run_1")
    (change,) = await shelf_system(part).plan(CHOSEN, ledger)
    shelf.things = [replace(shelf.things[0], id="t9")]
    with pytest.raises(NeedsPerson) as fault:
        await shelf_system(part).apply(CHOSEN, change, {}, ledger, confirmed=False)
    assert fault.value.error_code is ErrorCode.CONFLICT


async def test_an_approved_adoption_needs_the_choice_too() -> None:
    _, part = strange()
    ledger = MemoryLedger("run_1")
    (change,) = await shelf_system(part).plan(CHOSEN, ledger)
    with pytest.raises(NeedsPerson):
        await shelf_system(part).apply(COMPANY, change, {}, ledger, confirmed=False)


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("Ours. agentos:co_2222", True),
        ("Ours. agentos:co_1111", False),
        ("agentos:co_2222 is quoted", False),
        ("", False),
    ],
)
def test_another_companys_mark_ends_the_text(text: str, another: bool) -> None:
    assert is_another_companys(text, COMPANY) is another
