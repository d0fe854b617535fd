"""The lists of a real Mailman: whose they are, who wins a race, what is held and what is left."""

import asyncio

import pytest

from domain.codes import ErrorCode
from domain.errors import NeedsPerson, SystemFault
from domain.plans import ChangeKind
from domain.ports import EffectStatus
from systems.newsletter.mailman.client import MailmanClient
from tests.contract.cases.mailman import ADDRESS, COMPANY, LIST, LIST_ID
from tests.contract.harness import ACME, Stage, provision, roll_back
from tests.contract.mailman.conftest import DANA, company_with
from tests.mailman_core import PASSWORD, Core
from tests.memory_ledger import MemoryLedger

OTHER = ACME.model_copy(update={"company_id": "co_fedcba9876543210", "name": "ACME-Corp"})


async def test_nothing_of_others_goes_when_the_run_is_rolled_back(
    stage: Stage, behind: Core
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    behind.click(DANA)
    flags = {"pre_verified": "True", "pre_confirmed": "True", "pre_approved": "True"}
    behind.call("POST", "members", list_id=LIST_ID, subscriber="sam@example.com", **flags)
    *_, undone = await roll_back(connector, COMPANY, ledger)
    assert undone.left
    assert "people are on it whom this run did not invite" in undone.note
    assert behind.state()["member"] == ["sam@example.com"]
    statuses = [entry.status for entry in await ledger.entries("newsletter")]
    assert statuses == [EffectStatus.LEFT, EffectStatus.UNDONE, EffectStatus.UNDONE]


async def test_a_list_that_was_made_anew_by_a_stranger_is_not_ours(
    stage: Stage, behind: Core
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, company_with(), ledger)
    behind.call("DELETE", f"lists/{LIST_ID}")
    behind.call("POST", "lists", fqdn_listname=ADDRESS)
    first, second = await connector.plan(company_with(), ledger)
    assert (first.kind, second.kind) == (ChangeKind.CONFLICT, ChangeKind.CREATE)
    (told,) = await connector.verify(company_with(), first, refs)
    assert told.actual == "another of that address"
    await roll_back(connector, company_with(), ledger)
    assert behind.lists() == [LIST_ID]


async def test_one_of_two_companies_gets_the_list_when_both_want_it_at_once(
    stage: Stage, behind: Core
) -> None:
    first = MemoryLedger("run_1")
    second = MemoryLedger("run_2", first.shared)
    connector = stage.connector()
    ends = await asyncio.gather(
        provision(connector, ACME, first),
        provision(connector, OTHER, second),
        return_exceptions=True,
    )
    (lost,) = [end for end in ends if isinstance(end, SystemFault)]
    assert lost.error_code in (ErrorCode.NOT_READY, ErrorCode.CONFLICT)
    loser, ledger = (ACME, first) if ends[0] is lost else (OTHER, second)
    with pytest.raises(NeedsPerson) as fault:
        await provision(connector, loser, ledger)
    assert fault.value.error_code is ErrorCode.CONFLICT
    assert (stage.count(LIST), len(behind.state()["mark"])) == (1, 1)
    await roll_back(connector, loser, ledger)
    assert stage.count(LIST) == 1


async def test_mailman_itself_keeps_one_list_when_many_want_it_at_once(
    stage: Stage, behind: Core, client: MailmanClient
) -> None:
    """The last guard. Who loses is told so, or gets a crash, which is looked up."""
    for number in range(10):
        calls = [client.create_list(f"race{number}-news@lists.example.com") for _ in range(4)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert ends.count(None) == 1
        codes = {end.error_code for end in ends if isinstance(end, SystemFault)}
        assert codes <= {ErrorCode.CONFLICT, ErrorCode.UNAVAILABLE}
    assert len(behind.lists()) == 10


async def test_another_companys_list_is_neither_set_nor_deleted_when_both_took_it_for_theirs(
    stage: Stage, behind: Core
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    change, *rest = await connector.plan(ACME, ledger)
    taken = await connector.apply(ACME, change, {}, ledger, confirmed=False)
    mark = f"Newsletter. {OTHER.marker}"
    behind.call("PATCH", f"lists/{LIST_ID}/config", info=mark)
    with pytest.raises(NeedsPerson) as fault:
        await connector.apply(ACME, rest[0], {"list": taken}, ledger, confirmed=False)
    assert fault.value.error_code is ErrorCode.CONFLICT
    *_, undone = await roll_back(connector, ACME, ledger)
    assert undone.left
    assert behind.call("GET", f"lists/{LIST_ID}/config")["info"] == mark


async def test_one_list_is_made_when_it_cannot_be_read_after_it(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    plan = await connector.plan(ACME, ledger)
    stage.server.fault(system="mailman", method="GET", path_regex="/config$", kind="status")
    made = await connector.apply(ACME, plan[0], {}, ledger, confirmed=False)
    assert made.created_by_us
    assert stage.calls(LIST) == 1


async def test_what_people_changed_is_told_field_by_field_and_set_only_when_approved(
    stage: Stage, behind: Core
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, ACME, ledger)
    drift = {"advertised": "True", "default_member_action": "accept", "display_name": "News"}
    behind.call("PATCH", f"lists/{LIST_ID}/config", **drift)
    change = (await connector.plan(ACME, ledger))[1]
    differences = await connector.verify(ACME, change, refs)
    assert [str(one) for one in differences] == [
        "advertised is True, not False",
        "default_member_action is accept, not hold",
    ]
    assert change.kind is ChangeKind.UPDATE
    second = MemoryLedger("run_2")
    await provision(connector, ACME, second)
    assert behind.call("GET", f"lists/{LIST_ID}/config")["advertised"] is False
    await roll_back(connector, ACME, second)
    found = behind.call("GET", f"lists/{LIST_ID}/config")
    assert {name: str(found[name]) for name in drift} == drift


@pytest.mark.parametrize(
    ("variable", "code"),
    [
        ({"MAILMAN_PASSWORD": "wrong"}, "does not accept the credential"),
        ({"MAILMAN_USER": "nobody"}, "does not accept the credential"),
        ({"MAILMAN_DOMAIN": "none.example.com"}, "check the settings"),
    ],
)
async def test_a_wrong_setting_is_told_before_anything_is_made(
    stage: Stage, variable: dict[str, str], code: str
) -> None:
    health = await stage.connector(**variable).check()
    assert not health.ok
    assert code in health.detail
    assert PASSWORD not in health.detail


async def test_a_slug_of_any_length_and_a_name_of_any_script_make_a_list(
    stage: Stage, behind: Core
) -> None:
    name = "株式会社アクメ " + "ü" * 190
    company = ACME.model_copy(update={"slug": "a" * 60, "name": name})
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, company, ledger)
    assert behind.lists() == [f"{'a' * 60}-news.lists.example.com"]
    for change in await connector.plan(company, ledger):
        assert await connector.verify(company, change, refs) == []
