"""The people invited by a real Mailman: asked once, never against their will, never twice."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, Refused
from domain.plans import ChangeKind
from systems.newsletter.mailman import settings
from systems.newsletter.mailman.client import MailmanClient
from tests.contract.cases.mailman import ADDRESS, COMPANY, INVITATION, LIST_ID
from tests.contract.harness import Stage, provision, roll_back
from tests.contract.mailman.conftest import DANA, company_with
from tests.mailman_core import Core
from tests.memory_ledger import MemoryLedger

POLICIES = ["open", "confirm", "moderate", "confirm_then_moderate"]


async def test_a_person_is_on_the_list_only_after_the_click(stage: Stage, behind: Core) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, COMPANY, ledger)
    assert (behind.state()["request"], behind.state()["member"]) == ([DANA], [])
    assert len(behind.mails()) == 1
    behind.click(DANA)
    assert behind.state()["member"] == [DANA]
    for change in await connector.plan(COMPANY, ledger):
        assert await connector.verify(COMPANY, change, refs) == []
    again = await provision(connector, COMPANY, MemoryLedger("run_2", ledger.shared))
    line = connector.describe(COMPANY, again)
    assert line == f"Newsletter provisioned for Acme Corp: list={ADDRESS}, subscribers=1 confirmed"


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_person_is_asked_whatever_the_policy_of_the_list(
    stage: Stage, behind: Core, client: MailmanClient, policy: str
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, company_with(), ledger)
    behind.call("PATCH", f"lists/{LIST_ID}/config", subscription_policy=policy)
    assert await client.invite(LIST_ID, DANA)
    behind.click(DANA)
    assert behind.state()["member"] == [DANA]


async def test_nobody_is_asked_without_consent_when_a_verified_address_meets_an_open_list(
    stage: Stage, behind: Core
) -> None:
    """The negative control: without `invitation` the same call subscribes the person at once."""
    await provision(stage.connector(), company_with(), MemoryLedger("run_1"))
    behind.call("PATCH", f"lists/{LIST_ID}/config", subscription_policy="open")
    behind.call("POST", "users", email=DANA)
    behind.call("POST", f"addresses/{DANA}/verify")
    behind.call("POST", "members", list_id=LIST_ID, subscriber=DANA)
    assert behind.state()["member"] == [DANA]


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_confirmed_person_is_taken_off_and_gets_no_mail_when_the_run_is_rolled_back(
    stage: Stage, behind: Core, policy: str
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    behind.click(DANA)
    behind.call("PATCH", f"lists/{LIST_ID}/config", unsubscription_policy=policy)
    mails = behind.mails()
    (undone, *_) = await roll_back(connector, COMPANY, ledger)
    assert "Mailman keeps the address" in undone.note
    assert (behind.state()["member"], behind.lists()) == ([], [])
    assert behind.mails() == mails


async def test_a_goodbye_is_sent_when_the_list_says_so(
    stage: Stage, behind: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    real = settings.wanted
    monkeypatch.setattr(settings, "wanted", lambda one: real(one) | {"send_goodbye_message": True})
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    behind.click(DANA)
    mails = behind.mails()
    await roll_back(connector, COMPANY, ledger)
    assert len(behind.mails()) == len(mails) + 1


@pytest.mark.parametrize("where", ["bans", f"lists/{LIST_ID}/bans"])
@pytest.mark.parametrize("ban", [DANA, "^.*@EXAMPLE[.]com"])
async def test_no_mail_is_sent_to_a_person_who_is_banned(
    stage: Stage, behind: Core, where: str, ban: str
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, company_with(), ledger)
    behind.call("POST", where, email=ban)
    *_, last = await connector.plan(COMPANY, ledger)
    assert last.kind is ChangeKind.BLOCKED
    blind = last.become(ChangeKind.CREATE)
    for change in (last, blind):
        with pytest.raises(NeedsPerson) as fault:
            await connector.apply(COMPANY, change, refs, ledger, confirmed=False)
        assert fault.value.error_code is ErrorCode.CONSENT
    assert behind.mails() == []


async def test_a_ban_of_the_whole_site_is_told_before_there_is_a_list(
    stage: Stage, behind: Core
) -> None:
    behind.call("POST", "bans", email=DANA)
    plan = await stage.connector().plan(COMPANY, MemoryLedger("run_1"))
    kinds = [change.kind for change in plan]
    assert kinds == [ChangeKind.CREATE, ChangeKind.CREATE, ChangeKind.BLOCKED]


async def test_who_declined_or_left_is_not_asked_again_but_told_of(
    stage: Stage, behind: Core
) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, COMPANY, ledger)
    (asked,) = behind.entries(f"lists/{LIST_ID}/requests")
    behind.call("POST", f"lists/{LIST_ID}/requests/{asked['token']}", action="discard")
    second = MemoryLedger("run_2", ledger.shared)
    await provision(connector, COMPANY, second)
    assert len(behind.mails()) == 1
    *_, last = await connector.plan(COMPANY, second)
    (told,) = await connector.verify(COMPANY, last, refs)
    assert told.actual == "declined, expired or left"


@pytest.mark.parametrize("address", ["a/b?c#%41+d@example.com", "*@example.com", "_%{x}@ex.com"])
async def test_an_odd_address_is_one_person(stage: Stage, behind: Core, address: str) -> None:
    connector, first = stage.connector(), MemoryLedger("run_1")
    await provision(connector, company_with(DANA), first)
    behind.click(DANA)
    odd, second = company_with(address), MemoryLedger("run_2", first.shared)
    await provision(connector, odd, second)
    behind.click(address)
    assert sorted(behind.state()["member"]) == sorted([DANA, address.lower()])
    await roll_back(connector, odd, second)
    assert behind.state()["member"] == [DANA]


async def test_a_person_is_asked_for_when_mailman_failed_half_way(
    stage: Stage, behind: Core
) -> None:
    """It says 400, sent no mail, and holds the request all the same."""
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, company_with(), ledger)
    broken = {"list:user:action:invite": "http://127.0.0.1:1/none"}
    behind.call("PATCH", f"lists/{LIST_ID}/uris", **broken)
    with pytest.raises(Refused) as fault:
        await provision(connector, COMPANY, ledger)
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.UNKNOWN, Effect.UNKNOWN)
    assert not fault.value.retryable
    assert DANA not in f"{fault.value.message} {fault.value.advice}"
    assert (behind.state()["request"], behind.mails()) == ([DANA], [])
    behind.call("DELETE", f"lists/{LIST_ID}/uris")
    await roll_back(connector, COMPANY, ledger)
    assert behind.state()["request"] == []


async def test_no_address_of_a_person_is_in_plans_and_results(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    plan = await connector.plan(COMPANY, ledger)
    refs = await provision(connector, COMPANY, ledger)
    notes = await roll_back(connector, COMPANY, ledger)
    assert DANA not in f"{plan} {refs} {notes}".lower()


async def test_a_second_mail_is_not_sent_when_the_answer_to_the_first_was_lost(
    stage: Stage, behind: Core
) -> None:
    stage.break_it(INVITATION, "lost_after_effect")
    await provision(stage.connector(), COMPANY, MemoryLedger("run_1"))
    assert len(behind.mails()) == 1
