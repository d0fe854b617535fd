"""Each guard of the protocol is needed: without it the same story ends with a wrong world.

Every test tells one story twice, with the protocol as it is and with one guard taken out.
"""

import pytest

from domain.codes import Effect, ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson, OutcomeUnknown, Retryable, SystemFault
from domain.plans import Change
from domain.ports import EffectStatus, Entry, Ledger, Refs
from domain.steps import Resource
from systems.connector import Connector
from systems.part import Found, Owner, Part
from tests.doubles.careless import never_looks
from tests.memory_ledger import Lines, MemoryLedger
from tests.unit.systems.shelf import (
    COMPANY,
    LONG_AGO,
    Crash,
    Shelf,
    ShelfPart,
    shelf_system,
    wanted,
)


class NeverLooks(Connector):
    """Repeats a call without looking up what the first one did."""

    _resolve = never_looks  # type: ignore[assignment]


class TakesAnything(Connector):
    """Takes whatever has our name for ours."""

    async def _find(
        self, part: Part, company: Company, change: Change, refs: Refs, known: frozenset[str]
    ) -> Found | None:
        found = await super()._find(part, company, change, refs, known)
        return Found(found.resource, Owner.COMPANY) if found else None


class TrustsEveryMail(Connector):
    """Takes what a system cannot show for something that was never done."""

    async def _find(
        self, part: Part, company: Company, change: Change, refs: Refs, known: frozenset[str]
    ) -> Found | None:
        return None


class ForgetsDoubt(Connector):
    """Closes the intent of a lost call when the look-up fails."""

    async def _after_lost_answer(
        self,
        company: Company,
        entry: Entry,
        refs: Refs,
        ledger: Ledger,
        part: Part,
        fault: OutcomeUnknown,
    ) -> Resource:
        raise Retryable(ErrorCode.UNAVAILABLE, "Down.", effect=Effect.NONE)


class NoIntent(MemoryLedger):
    """A ledger that does not remember what was begun."""

    async def intend(self, change: Change) -> Entry:
        self.shared.pop((self.run_id, change.key), None)
        return await super().intend(change)


class NoLease(MemoryLedger):
    """A ledger that lets two runs work on one target."""

    def _lease(self, change: Change) -> None:
        return None


class NoClaims(MemoryLedger):
    """A ledger in which each run may say that it made an object."""

    async def applied(
        self, change: Change, resource: Resource, *, answered: bool = False
    ) -> Resource:
        self._close(change, EffectStatus.APPLIED, resource=resource)
        return resource


async def insist(system: Connector, part: ShelfPart, ledger: MemoryLedger, tries: int = 3) -> None:
    """Applies until it works, as a worker does after faults and restarts."""
    for _ in range(tries):
        try:
            await system.apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
        except (SystemFault, Crash):
            continue
        return


@pytest.mark.parametrize(("kind", "count"), [(Connector, 1), (NeverLooks, 2)])
@pytest.mark.parametrize("accident", ["lost_after", "crash_after"])
async def test_a_lost_answer_makes_two_objects_only_when_nobody_looks(
    kind: type[Connector], count: int, accident: str
) -> None:
    shelf = Shelf(accidents=[accident])  # type: ignore[list-item]
    part = ShelfPart(shelf, unique=False)
    await insist(shelf_system(part, kind), part, MemoryLedger("run_1"))
    assert len(shelf.things) == count


@pytest.mark.parametrize(("kind", "count"), [(Connector, 1), (NeverLooks, 2)])
async def test_a_second_run_makes_a_second_object_only_when_nobody_looks(
    kind: type[Connector], count: int
) -> None:
    shelf, shared = Shelf(), Lines()
    part = ShelfPart(shelf, unique=False)
    for run_id in ("run_1", "run_2"):
        await insist(shelf_system(part, kind), part, MemoryLedger(run_id, shared))
    assert len(shelf.things) == count


@pytest.mark.parametrize(("lags", "count"), [(3, 1), (1, 2)])
async def test_an_object_that_shows_late_is_made_twice_only_when_nobody_waits(
    lags: int, count: int
) -> None:
    shelf = Shelf(accidents=["crash_after"])
    part = ShelfPart(shelf, unique=False)
    system, ledger = shelf_system(part, lags=lags), MemoryLedger("run_1")
    with pytest.raises(Crash):
        await system.apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
    shelf.hidden_reads = 2
    await insist(system, part, ledger)
    assert len(shelf.things) == count


@pytest.mark.parametrize(("kind", "left"), [(Connector, 1), (TakesAnything, 0)])
async def test_a_strangers_object_is_destroyed_only_when_marks_are_not_read(
    kind: type[Connector], left: int
) -> None:
    shelf, ledger = Shelf(accidents=["crash_before"]), MemoryLedger("run_1")
    part = ShelfPart(shelf)
    system = shelf_system(part, kind)
    with pytest.raises(Crash):
        await system.apply(COMPANY, wanted(part), {}, ledger, confirmed=False)
    shelf.put("co_2222", created_at=LONG_AGO)
    await insist(system, part, ledger)
    (entry,) = await ledger.entries("shelf")
    await system.undo(COMPANY, entry, ledger)
    assert len(shelf.things) == left


@pytest.mark.parametrize(("can_look_up", "mails"), [(False, 1), (True, 2)])
async def test_a_second_mail_is_sent_only_when_the_part_claims_to_see_the_first(
    can_look_up: bool, mails: int
) -> None:
    shelf = Shelf(accidents=["lost_after"])
    part = ShelfPart(shelf, kind="mail", unique=False, can_look_up=can_look_up)
    await insist(shelf_system(part), part, MemoryLedger("run_1"))
    assert len(shelf.things) == mails


@pytest.mark.parametrize(("kind", "mails"), [(Connector, 1), (TrustsEveryMail, 2)])
async def test_a_later_run_sends_a_second_mail_only_when_the_ledger_is_not_asked(
    kind: type[Connector], mails: int
) -> None:
    shelf, shared = Shelf(), Lines()
    part = ShelfPart(shelf, kind="mail", unique=False, can_look_up=False)
    for run_id in ("run_1", "run_2"):
        await insist(shelf_system(part, kind), part, MemoryLedger(run_id, shared))
    assert len(shelf.things) == mails


@pytest.mark.parametrize(("kind", "left"), [(Connector, 0), (ForgetsDoubt, 1)])
async def test_a_rollback_leaves_our_object_only_when_the_doubt_was_forgotten(
    kind: type[Connector], left: int
) -> None:
    unread = Retryable(ErrorCode.UNAVAILABLE, "Down.", effect=Effect.NONE)
    shelf, ledger = Shelf(accidents=["lost_after"], unread=[unread]), MemoryLedger("run_1")
    part = ShelfPart(shelf)
    system = shelf_system(part, kind)
    if kind is ForgetsDoubt:
        shelf.unread = []
    await insist(system, part, ledger)
    (entry,) = await ledger.entries("shelf")
    await system.undo(COMPANY, entry, ledger)
    assert len(shelf.things) == left


@pytest.mark.parametrize(("ledger", "ours"), [(MemoryLedger, True), (NoIntent, False)])
async def test_a_crash_makes_our_object_a_strangers_only_when_no_intent_was_kept(
    ledger: type[MemoryLedger], ours: bool
) -> None:
    shelf = Shelf(accidents=["crash_after"], marks=False)
    part, book = ShelfPart(shelf), ledger("run_1")
    system = shelf_system(part)
    with pytest.raises(Crash):
        await system.apply(COMPANY, wanted(part), {}, book, confirmed=False)
    try:
        resource = await system.apply(COMPANY, wanted(part), {}, book, confirmed=False)
    except NeedsPerson:
        assert not ours
    else:
        assert resource.created_by_us is ours


@pytest.mark.parametrize(("ledger", "count"), [(MemoryLedger, 1), (NoLease, 2)])
async def test_two_runs_make_two_objects_only_when_targets_are_not_leased(
    ledger: type[MemoryLedger], count: int
) -> None:
    shelf, shared = Shelf(accidents=["crash_after"]), Lines()
    part = ShelfPart(shelf, unique=False)
    system = shelf_system(part)
    with pytest.raises(Crash):
        await system.apply(COMPANY, wanted(part), {}, ledger("run_1", shared), confirmed=False)
    shelf.hidden_reads = 1
    await insist(system, part, ledger("run_2", shared), tries=1)
    assert len(shelf.things) == count


@pytest.mark.parametrize(("ledger", "left"), [(MemoryLedger, 1), (NoClaims, 0)])
async def test_a_rollback_takes_another_runs_object_only_when_claims_are_not_compared(
    ledger: type[MemoryLedger], left: int
) -> None:
    shelf, shared = Shelf(accidents=["crash_before"]), Lines()
    part, late = ShelfPart(shelf), ledger("run_2", shared)
    system = shelf_system(part)
    with pytest.raises(Crash):
        await system.apply(COMPANY, wanted(part), {}, late, confirmed=False)
    elsewhere = wanted(part).model_copy(update={"target": "another target"})
    first = ledger("run_1", shared)
    await first.intend(elsewhere)
    thing = shelf.put(COMPANY.company_id)
    await first.applied(elsewhere, Resource(kind="thing", id=thing.id, created_by_us=True))
    await insist(system, part, late)
    (entry,) = await late.entries("shelf")
    await system.undo(COMPANY, entry, late)
    assert len(shelf.things) == left
