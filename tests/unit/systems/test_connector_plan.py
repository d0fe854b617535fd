"""What a plan shows, what verify and check tell."""

import pytest

from domain.codes import ErrorCode
from domain.errors import Refused, Retryable
from domain.plans import ChangeKind
from domain.steps import Resource
from tests.memory_ledger import Lines, MemoryLedger
from tests.unit.systems.shelf import COMPANY, LONG_AGO, Shelf, ShelfPart, shelf_system, wanted


async def kind_of(part: ShelfPart, ledger: MemoryLedger | None = None) -> ChangeKind:
    ledger = ledger or MemoryLedger("run_1")
    return (await shelf_system(part).plan(COMPANY, ledger))[0].kind


async def test_a_plan_creates_when_nothing_is_there() -> None:
    shelf = Shelf()
    assert await kind_of(ShelfPart(shelf)) is ChangeKind.CREATE
    assert shelf.makes == 0


async def test_a_plan_adopts_when_the_object_carries_our_mark() -> None:
    shelf = Shelf()
    thing = shelf.put(COMPANY.company_id)
    (change,) = await shelf_system(ShelfPart(shelf)).plan(COMPANY, MemoryLedger("run_1"))
    assert (change.kind, change.before) == (ChangeKind.ADOPT, {"id": thing.id})


@pytest.mark.parametrize(("mark", "ours"), [("co_2222", True), (None, False), (None, True)])
async def test_a_plan_shows_a_conflict_when_the_object_is_not_known_as_ours(
    mark: str | None, ours: bool
) -> None:
    shelf = Shelf()
    shelf.put(mark, ours=ours, created_at=LONG_AGO)
    assert await kind_of(ShelfPart(shelf)) is ChangeKind.CONFLICT


async def test_a_plan_adopts_an_unmarked_object_when_the_ledger_knows_it() -> None:
    shelf, ledger = Shelf(marks=False), MemoryLedger("run_1")
    part = ShelfPart(shelf)
    await shelf_system(part).apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
    assert await kind_of(part, ledger) is ChangeKind.ADOPT


@pytest.mark.parametrize(
    ("mark", "kind"), [("co_1111", ChangeKind.NO_OP), ("co_2222", ChangeKind.UPDATE)]
)
async def test_a_plan_of_a_setting_tells_whether_it_is_set(mark: str, kind: ChangeKind) -> None:
    shelf = Shelf()
    shelf.put(mark)
    assert await kind_of(ShelfPart(shelf, kind="setting")) is kind


async def test_a_plan_sends_no_second_mail_when_the_ledger_knows_the_first() -> None:
    shelf, shared = Shelf(), Lines()
    part = ShelfPart(shelf, kind="mail", unique=False, can_look_up=False)
    ledger = MemoryLedger("run_1", shared)
    assert await kind_of(part, ledger) is ChangeKind.CREATE
    await shelf_system(part).apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
    second = MemoryLedger("run_2", shared)
    (change,) = await shelf_system(part).plan(COMPANY, second)
    assert change.kind is ChangeKind.ADOPT
    adopted = await shelf_system(part).apply(COMPANY, change, {}, second, confirmed=False)
    assert not adopted.created_by_us
    assert shelf.makes == 1


async def test_only_the_refused_object_is_blocked_when_it_may_not_be_made() -> None:
    part = ShelfPart(Shelf(), refused_by=ErrorCode.CONSENT)
    (change,) = await shelf_system(part).plan(COMPANY, MemoryLedger("run_1"))
    assert change.kind is ChangeKind.BLOCKED
    assert change.reason is not None
    assert change.reason.startswith("It may not be made.")


@pytest.mark.parametrize(
    "fault", [Retryable(ErrorCode.UNAVAILABLE, "Down."), Refused(ErrorCode.AUTH, "No.")]
)
async def test_a_plan_fails_when_the_system_cannot_be_read(fault: Refused) -> None:
    part = ShelfPart(Shelf(unread=[fault]))
    with pytest.raises(type(fault)):
        await shelf_system(part).plan(COMPANY, MemoryLedger("run_1"))


def test_everything_wanted_is_shown_when_the_system_is_blocked() -> None:
    (change,) = shelf_system(ShelfPart(Shelf())).blocked(COMPANY, "Down.")
    assert (change.kind, change.reason) == (ChangeKind.BLOCKED, "Down.")


async def test_a_check_is_good_when_the_system_is_ready() -> None:
    health = await shelf_system(ShelfPart(Shelf())).check()
    assert (health.ok, health.detail) == (True, "The shelf is there.")


async def test_a_check_tells_the_cure_when_the_system_refuses() -> None:
    part = ShelfPart(Shelf(unread=[Refused(ErrorCode.AUTH, "The token is old.")]))
    health = await shelf_system(part).check()
    assert not health.ok
    assert health.detail.startswith("The token is old. Renew the credential")


async def test_verify_tells_the_difference_when_the_object_is_gone() -> None:
    part = ShelfPart(Shelf())
    refs = {"thing": Resource(kind="thing", id="t9")}
    (difference,) = await shelf_system(part).verify(COMPANY, wanted(part), refs)
    assert str(difference) == "thing is gone, not there"


def test_the_line_of_a_step_comes_from_the_system() -> None:
    system = shelf_system(ShelfPart(Shelf()))
    assert system.describe(COMPANY, {}) == "Shelf provisioned for Acme Corp: 0"
