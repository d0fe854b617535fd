"""What only grants have: closing days, registers of organisations, and searches that differ."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, Refused
from domain.plans import ChangeKind
from domain.ports import EffectStatus
from sandbox import seed
from sandbox.grants.seed import EIN, SHARED_EIN
from tests.contract.cases.grants import APPLICATION, CASE
from tests.contract.harness import ACME, Stage, provision, roll_back
from tests.memory_ledger import MemoryLedger
from tests.sandbox_server import SandboxServer

REGISTRY = {"GRANTS_ORG_REGISTRY": "org:us:ein"}
CLOSED = {"GRANTS_COMPETITION_ID": seed.GRANTS_CLOSED_COMPETITION_ID}
INITECH = ACME.model_copy(update={"company_id": EIN, "name": "Initech"})
GLOBEX = ACME.model_copy(update={"company_id": SHARED_EIN, "name": "Globex"})


@pytest.fixture
def stage(sandbox: SandboxServer) -> Stage:
    return Stage(CASE, sandbox, sandbox.counts().get("grants", {}))


async def test_nothing_is_written_when_the_competition_is_closed(stage: Stage) -> None:
    connector, ledger = stage.connector(**CLOSED), MemoryLedger("run_1")
    (change,) = await connector.plan(ACME, ledger)
    assert change.kind is ChangeKind.BLOCKED
    assert change.reason is not None
    assert "is not open" in change.reason
    with pytest.raises(NeedsPerson) as fault:
        await connector.apply(ACME, change, {}, ledger, confirmed=False)
    assert fault.value.error_code is ErrorCode.PERMISSION
    assert stage.server.writes(system="grants") == []


async def test_a_missing_competition_is_told(stage: Stage) -> None:
    health = await stage.connector(GRANTS_COMPETITION_ID="none").check()
    assert not health.ok
    assert "check the settings" in health.detail


async def test_an_application_is_started_for_the_organisation_that_is_known(stage: Stage) -> None:
    refs = await provision(stage.connector(**REGISTRY), INITECH, MemoryLedger("run_1"))
    (start,) = stage.server.writes(system="grants")
    assert refs["application"].facts["organization"] == start["body"]["organizationId"]


async def test_an_unknown_organisation_is_told_and_stops_nothing(stage: Stage) -> None:
    refs = await provision(stage.connector(**REGISTRY), ACME, MemoryLedger("run_1"))
    assert refs["application"].facts == {"organization": "none in org:us:ein"}


async def test_nothing_is_started_when_two_organisations_claim_the_company(stage: Stage) -> None:
    with pytest.raises(NeedsPerson) as fault:
        await provision(stage.connector(**REGISTRY), GLOBEX, MemoryLedger("run_1"))
    assert fault.value.error_code is ErrorCode.CONFLICT
    assert stage.count(APPLICATION) == 0


async def test_a_lost_answer_is_found_by_a_search_in_the_body(stage: Stage) -> None:
    stage.server.control("grants/search", {"mode": "body"})
    stage.break_it(APPLICATION, "lost_after_effect")
    connector = stage.connector(GRANTS_SEARCH="body")
    refs = await provision(connector, ACME, MemoryLedger("run_1"))
    assert refs["application"].created_by_us
    assert stage.count(APPLICATION) == 1


async def test_a_search_that_does_not_fit_is_told_before_anything_is_written(stage: Stage) -> None:
    stage.server.control("grants/search", {"mode": "none"})
    with pytest.raises(Refused, match="does not search in the way") as fault:
        await stage.connector().plan(ACME, MemoryLedger("run_1"))
    assert "GRANTS_SEARCH" in fault.value.advice
    assert stage.server.writes(system="grants") == []


async def test_a_person_is_asked_after_a_lost_answer_when_there_is_no_search(stage: Stage) -> None:
    stage.server.control("grants/search", {"mode": "none"})
    stage.break_it(APPLICATION, "lost_after_effect")
    connector, ledger = stage.connector(GRANTS_SEARCH="none"), MemoryLedger("run_1")
    for _ in range(2):
        with pytest.raises(NeedsPerson) as fault:
            await provision(connector, ACME, ledger)
        assert fault.value.effect is Effect.UNKNOWN
    assert stage.count(APPLICATION) == 1
    (undone,) = await roll_back(connector, ACME, ledger)
    assert undone.left
    assert (await ledger.entries("grants"))[0].status is EffectStatus.LEFT


async def test_a_rollback_leaves_the_application_and_says_so(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, ACME, ledger)
    (undone,) = await roll_back(connector, ACME, ledger)
    assert undone.left
    assert f"application {refs['application'].id} stays in progress" in undone.note
    assert stage.count(APPLICATION) == 1


async def test_nothing_is_ever_submitted(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, ACME, ledger)
    await roll_back(connector, ACME, ledger)
    paths = [entry["path"] for entry in stage.server.requests(system="grants")]
    assert not any(path.endswith("/submit") for path in paths)


async def test_another_companys_application_is_not_taken_for_ours(stage: Stage) -> None:
    connector = stage.connector()
    quoting = GLOBEX.model_copy(update={"name": f"Evil [{ACME.marker}]"})
    await provision(connector, quoting, MemoryLedger("run_1"))
    (change,) = await connector.plan(ACME, MemoryLedger("run_2"))
    assert change.kind is ChangeKind.CREATE


async def test_a_second_application_is_made_when_nobody_looks_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the protocol itself keeps nobody from starting twice."""
    connector = stage.connector()
    part = connector.parts[0]
    monkeypatch.setattr(type(part), "unique", True)
    for run_id in ("run_1", "run_2"):
        change = part.desired(ACME)[0]
        await connector.apply(ACME, change, {}, MemoryLedger(run_id), confirmed=False)
    assert stage.count(APPLICATION) == 2
