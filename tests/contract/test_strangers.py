"""What others made under our name: left alone, or adopted by choice and given back as it was."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from domain.choices import Choices
from domain.codes import ErrorCode
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind, Option
from systems import connector as protocol
from systems.conflicts import classified
from systems.part import Found, Owner
from tests.contract.harness import Case, Stage, Stranger, carry_out, roll_back
from tests.memory_ledger import MemoryLedger

State = Mapping[str, list[Any]]


def touched(stage: Stage, before: State) -> list[Any]:
    """What was there before and is not there any more as it was.

    Whom we have put into a channel stays in it, as docs/systems says.
    """
    after = stage.server.state()[stage.case.sandbox]
    return [
        body
        for kind, bodies in before.items()
        for body in bodies
        if _alone(body) not in map(_alone, after.get(kind, []))
    ]


def _alone(body: Any) -> Any:
    return {**body, "members": []} if isinstance(body, dict) and "members" in body else body


def met(stranger: Stranger, plan: list[Change]) -> Change:
    return next(change for change in plan if change.resource == stranger.resource)


async def test_a_strangers_object_is_never_touched(
    stage: Stage, case: Case, stranger: Stranger
) -> None:
    stranger.put(stage.server)
    before = stage.server.state()[case.sandbox]
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    plan = await connector.plan(case.company, ledger)
    change = met(stranger, plan)
    assert change.kind is stranger.kind
    if change.kind is ChangeKind.CONFLICT:
        assert (Option.ADOPT in change.options) is stranger.adoptable
        for blind in (change, change.become(ChangeKind.CREATE)):
            with pytest.raises(NeedsPerson) as fault:
                await connector.apply(case.company, blind, {}, ledger, confirmed=False)
            assert fault.value.error_code is ErrorCode.CONFLICT
    else:
        await carry_out(connector, case.company, plan, ledger)
    await roll_back(connector, case.company, ledger)
    assert touched(stage, before) == []


async def test_a_strangers_object_is_adopted_by_choice_and_given_back(
    stage: Stage, case: Case, adopted: Stranger
) -> None:
    adopted.put(stage.server)
    before = stage.server.state()[case.sandbox]
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    target = met(adopted, await connector.plan(case.company, ledger)).target
    company = case.company.model_copy(update={"choices": Choices(adopt=(target,))})
    plan = await connector.plan(company, ledger)
    assert met(adopted, plan).kind is ChangeKind.ADOPT
    refs = await carry_out(connector, company, plan, ledger)
    assert not refs[adopted.resource].created_by_us
    assert bool(touched(stage, before)) is adopted.changed
    assert [d for change in plan for d in await connector.verify(company, change, refs)] == []
    await roll_back(connector, company, ledger)
    assert touched(stage, before) == []
    again = met(adopted, await connector.plan(case.company, ledger))
    assert again.kind is ChangeKind.CONFLICT


async def test_another_companys_object_is_not_adopted_even_by_choice(
    stage: Stage, case: Case, rival: Stranger
) -> None:
    rival.put(stage.server)
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    target = met(rival, await connector.plan(case.company, ledger)).target
    company = case.company.model_copy(update={"choices": Choices(adopt=(target,))})
    assert met(rival, await connector.plan(company, ledger)).kind is ChangeKind.CONFLICT


async def test_a_strangers_object_is_adopted_unasked_when_any_is_taken_for_ours(
    stage: Stage, case: Case, adopted: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without a look at the owner, nobody has to choose anything."""

    def trusting(change: Change, found: Found, *given: Any) -> Change:
        setting = found.owner is Owner.SETTING
        ours = found if setting else replace(found, owner=Owner.COMPANY)
        return classified(change, ours, *given)

    monkeypatch.setattr(protocol, "classified", trusting)
    adopted.put(stage.server)
    plan = await stage.connector().plan(case.company, MemoryLedger("run_1"))
    assert met(adopted, plan).kind is ChangeKind.ADOPT
