"""Every connector, over real HTTP against the sandbox: each effect once, whatever goes wrong."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, Refused, Retryable, SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import EffectStatus
from domain.steps import Resource
from systems.connector import Connector
from tests.contract.harness import Case, Creating, Stage, carry_out, provision, roll_back
from tests.memory_ledger import MemoryLedger

SETTLED = {ChangeKind.ADOPT, ChangeKind.NO_OP}


def resource_of(made: Creating, refs: dict[str, Resource]) -> Resource:
    (found,) = [ref for name, ref in refs.items() if name.partition(":")[0] == made.resource]
    return found


class CrashingLedger(MemoryLedger):
    """The process dies once between the call and the journal, at one kind of change."""

    def __init__(self, made: Creating) -> None:
        super().__init__("run_1")
        self._dies_at: str | None = made.resource

    async def applied(
        self, change: Change, resource: Resource, *, answered: bool = False
    ) -> Resource:
        if change.resource.partition(":")[0] == self._dies_at:
            self._dies_at = None
            raise ConnectionAbortedError
        return await super().applied(change, resource, answered=answered)


async def test_a_company_goes_in_and_out_again(stage: Stage) -> None:
    connector, ledger, company = stage.connector(), MemoryLedger("run_1"), stage.case.company
    plan = await connector.plan(company, ledger)
    assert {change.kind for change in plan} == {ChangeKind.CREATE}
    refs = await provision(connector, company, ledger)
    assert all(ref.created_by_us for ref in refs.values())
    assert [stage.count(made) for made in stage.case.creating] == [1] * len(stage.case.creating)
    for change in plan:
        assert await connector.verify(company, change, refs) == []
    assert connector.describe(company, refs) == stage.case.line(refs)
    again = await connector.plan(company, ledger)
    assert {change.kind for change in again} <= SETTLED
    undone = await roll_back(connector, company, ledger)
    assert all(one.note for one in undone)
    for made in stage.case.creating:
        assert stage.count(made) == made.left
    left = {made.resource for made in stage.case.creating if made.stays and made.seen}
    for change in await connector.plan(company, ledger):
        stays = change.resource.partition(":")[0] in left
        assert change.kind is (ChangeKind.ADOPT if stays else ChangeKind.CREATE)


async def test_a_plan_writes_nothing(stage: Stage) -> None:
    await stage.connector().plan(stage.case.company, MemoryLedger("run_1"))
    assert stage.server.writes(system=stage.case.sandbox) == []


async def test_a_check_is_good_when_the_system_is_there(stage: Stage) -> None:
    health = await stage.connector().check()
    assert health.ok, health.detail


@pytest.mark.parametrize("accident", ["lost_after_effect", "status_after_effect", "truncated_json"])
async def test_one_object_is_made_when_the_answer_is_lost(
    stage: Stage, made: Creating, accident: str
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    stage.break_it(made, accident, **({"status": 502} if accident.startswith("status") else {}))
    if made.seen:
        refs = await provision(connector, stage.case.company, ledger)
        assert resource_of(made, refs).created_by_us
    elif accident != "truncated_json":
        for _ in range(2):
            with pytest.raises(NeedsPerson) as fault:
                await provision(connector, stage.case.company, ledger)
            assert fault.value.effect is Effect.UNKNOWN
    else:
        await provision(connector, stage.case.company, ledger)
    assert (stage.count(made), stage.calls(made)) == (1, 1)


@pytest.mark.parametrize("accident", ["lost_after_effect", "status_after_effect"])
async def test_a_repeat_without_a_look_makes_a_second_object_or_a_false_conflict(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, accident: str
) -> None:
    """The negative control of the test above: without the look, no system keeps it at one."""

    async def blind(*given: object) -> None:
        return None

    monkeypatch.setattr(Connector, "_resolve", blind)
    made = stage.case.creating[0]
    stage.break_it(made, accident)
    try:
        await provision(stage.connector(), stage.case.company, MemoryLedger("run_1"), tries=2)
        outcome = "success"
    except NeedsPerson as fault:
        outcome = fault.error_code
    assert (outcome, stage.count(made)) in [("success", 2), (ErrorCode.CONFLICT, 1)]
    assert stage.calls(made) == 2


async def test_one_object_is_made_when_a_proxy_answers_in_the_systems_place(
    stage: Stage, made: Creating
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    stage.break_it(made, "html_200")
    if made.seen:
        await provision(connector, stage.case.company, ledger, tries=2)
        assert stage.count(made) == 1
    else:
        with pytest.raises(NeedsPerson):
            await provision(connector, stage.case.company, ledger, tries=2)
        assert stage.calls(made) == 1


async def test_one_object_is_made_when_the_process_dies_after_the_call(
    stage: Stage, made: Creating
) -> None:
    connector, ledger, company = stage.connector(), CrashingLedger(made), stage.case.company
    plan = await connector.plan(company, ledger)
    with pytest.raises(ConnectionAbortedError):
        await carry_out(connector, company, plan, ledger)
    if made.seen:
        refs = await carry_out(connector, company, plan, ledger)
        assert resource_of(made, refs).created_by_us
    else:
        with pytest.raises(NeedsPerson):
            await carry_out(connector, company, plan, ledger)
    assert (stage.count(made), stage.calls(made)) == (1, 1)


async def test_a_lost_object_is_taken_back_when_the_run_is_rolled_back(
    stage: Stage, made: Creating
) -> None:
    connector, ledger = stage.connector(), CrashingLedger(made)
    with pytest.raises(ConnectionAbortedError):
        await provision(connector, stage.case.company, ledger)
    await roll_back(connector, stage.case.company, ledger)
    assert stage.count(made) == made.left
    last = (await ledger.entries(connector.name))[-1]
    assert last.status is (EffectStatus.LEFT if made.stays else EffectStatus.UNDONE)


async def test_one_object_is_made_when_reads_lag_behind_a_lost_answer(stage: Stage) -> None:
    made = stage.case.creating[0]
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    plan = await connector.plan(stage.case.company, ledger)
    stage.break_it(made, "lost_after_effect")
    stage.server.fault(system=stage.case.sandbox, kind="eventual", reads=3)
    resource = await connector.apply(stage.case.company, plan[0], {}, ledger, confirmed=False)
    assert resource.created_by_us
    assert (stage.count(made), stage.calls(made)) == (1, 1)


async def test_a_second_run_adopts_and_its_rollback_takes_nothing(stage: Stage) -> None:
    first = MemoryLedger("run_1")
    second = MemoryLedger("run_2", first.shared)
    connector, company = stage.connector(), stage.case.company
    await provision(connector, company, first)
    refs = await provision(connector, company, second)
    assert not any(ref.created_by_us for ref in refs.values())
    await roll_back(connector, company, second)
    assert [stage.count(made) for made in stage.case.creating] == [1] * len(stage.case.creating)


async def test_a_marked_object_is_adopted_when_the_ledger_is_lost(stage: Stage) -> None:
    connector = stage.connector()
    company = stage.case.company.model_copy(update={"contacts": ()})
    await provision(connector, company, MemoryLedger("run_1"))
    refs = await provision(connector, company, MemoryLedger("run_2"))
    assert not refs[stage.case.creating[0].resource].created_by_us
    assert stage.count(stage.case.creating[0]) == 1


async def test_the_time_to_wait_is_told_and_kept_to_one_object_when_the_rate_is_limited(
    stage: Stage, made: Creating
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    stage.break_it(made, "rate_limit", retry_after=7)
    with pytest.raises(Retryable) as fault:
        await provision(connector, stage.case.company, ledger)
    assert fault.value.error_code is ErrorCode.RATE_LIMITED
    assert fault.value.effect is Effect.NONE
    assert fault.value.after_seconds == pytest.approx(7, abs=1.5)
    await provision(connector, stage.case.company, ledger)
    assert stage.count(made) == 1


async def test_a_slow_read_ends_by_our_timeout(stage: Stage) -> None:
    connector = stage.connector(**{stage.case.timeout_variable: "0.2"})
    stage.server.fault(system=stage.case.sandbox, kind="slow", seconds=1.0)
    with pytest.raises(Retryable) as fault:
        await connector.plan(stage.case.company, MemoryLedger("run_1"))
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.TIMEOUT, Effect.NONE)


@pytest.mark.parametrize("accident", ["reset_before", "status", "html_200", "truncated_json"])
async def test_a_broken_read_is_tried_again_without_harm(stage: Stage, accident: str) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    stage.server.fault(system=stage.case.sandbox, kind=accident)
    with pytest.raises(Retryable) as fault:
        await connector.plan(stage.case.company, ledger)
    assert fault.value.effect is Effect.NONE
    assert await connector.plan(stage.case.company, ledger)


async def test_a_revoked_credential_is_told_as_such(stage: Stage) -> None:
    stage.server.fault(system=stage.case.sandbox, kind="auth_revoked", times=0)
    with pytest.raises(Refused) as fault:
        await stage.connector().plan(stage.case.company, MemoryLedger("run_1"))
    assert fault.value.error_code is ErrorCode.AUTH
    assert not (await stage.connector().check()).ok


async def test_nothing_is_unknown_when_nothing_listens(case: Case) -> None:
    connector = case.build("http://127.0.0.1:1")
    with pytest.raises(SystemFault) as fault:
        await connector.plan(case.company, MemoryLedger("run_1"))
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.UNAVAILABLE, Effect.NONE)
    assert not (await connector.check()).ok
