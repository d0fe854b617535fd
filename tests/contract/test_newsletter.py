"""What only a newsletter has: consent, the click in the mail, and names that are not unique."""

from collections.abc import Sequence

import httpx
import pytest
from brevo import AsyncBrevo

from domain.codes import ErrorCode
from domain.companies import Contact
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind
from sandbox import seed
from systems.http import new_client
from systems.newsletter.brevo.client import BrevoClient
from tests.contract.cases.newsletter import CASE, COMPANY, LIST, MAIL, NAME
from tests.contract.harness import Stage, provision, roll_back
from tests.memory_ledger import MemoryLedger
from tests.sandbox_server import SandboxServer

ADDRESS = "dana@example.com"
TLS = httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def stage(sandbox: SandboxServer) -> Stage:
    return Stage(CASE, sandbox, sandbox.counts().get("brevo", {}))


def brevo(sandbox: SandboxServer, method: str, path: str, **body: object) -> None:
    """Somebody else at work in the same account."""
    headers = {"api-key": seed.BREVO_API_KEY}
    url = f"{sandbox.url}/brevo/v3{path}"
    answer = httpx.request(method, url, json=body, headers=headers, trust_env=False, verify=TLS)
    answer.raise_for_status()


def kinds(plan: Sequence[Change]) -> list[ChangeKind]:
    return [change.kind for change in plan]


def listed(sandbox: SandboxServer) -> list[list[int]]:
    return [contact["listIds"] for contact in sandbox.state()["brevo"].get("contact", [])]


async def test_a_person_is_on_the_list_only_after_the_click(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    refs = await provision(connector, COMPANY, ledger)
    assert listed(stage.server) == [[]]
    stage.server.control("brevo/confirm", {"email": ADDRESS})
    assert listed(stage.server) == [[int(refs["list"].id)]]
    again = await provision(connector, COMPANY, MemoryLedger("run_2", ledger.shared))
    line = connector.describe(COMPANY, again)
    assert line == f"Newsletter provisioned for Acme Corp: list={NAME}, subscribers=1 confirmed"
    for change in await connector.plan(COMPANY, ledger):
        assert await connector.verify(COMPANY, change, again) == []


async def test_a_confirmed_person_is_taken_off_before_the_list_goes(stage: Stage) -> None:
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    stage.server.control("brevo/confirm", {"email": ADDRESS})
    await roll_back(connector, COMPANY, ledger)
    undone = [(entry["method"], entry["path"]) for entry in stage.server.writes(system="brevo")]
    assert undone[-2:] == [
        ("POST", "/brevo/v3/contacts/lists/1/contacts/remove"),
        ("DELETE", "/brevo/v3/contacts/lists/1"),
    ]
    assert listed(stage.server) == [[]]


async def test_no_mail_is_sent_to_a_person_who_unsubscribed(stage: Stage) -> None:
    brevo(stage.server, "POST", "/contacts", email=ADDRESS)
    brevo(stage.server, "PUT", f"/contacts/{ADDRESS}", emailBlacklisted=True)
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    plan = await connector.plan(COMPANY, ledger)
    assert kinds(plan) == [ChangeKind.CREATE, ChangeKind.BLOCKED]
    with pytest.raises(NeedsPerson) as fault:
        await provision(connector, COMPANY, ledger)
    assert fault.value.error_code is ErrorCode.CONSENT
    assert (stage.count(LIST), stage.count(MAIL)) == (1, 0)


async def test_a_launch_without_contacts_makes_the_list_only(stage: Stage) -> None:
    company = COMPANY.model_copy(update={"contacts": (Contact(github="octocat"),)})
    connector = stage.connector()
    refs = await provision(connector, company, MemoryLedger("run_1"))
    line = connector.describe(company, refs)
    assert line == f"Newsletter provisioned for Acme Corp: list={NAME}"
    assert (stage.count(LIST), stage.count(MAIL)) == (1, 0)


async def test_a_list_of_the_same_display_name_is_somebody_elses(stage: Stage) -> None:
    for name in ("Acme Corp", "Acme Corp [agentos:co_other]"):
        brevo(stage.server, "POST", "/contacts/lists", name=name, folderId=seed.BREVO_FOLDER_ID)
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    assert stage.count(LIST) == 3
    await roll_back(connector, COMPANY, ledger)
    assert [one["name"] for one in stage.server.state()["brevo"]["list"]] == [
        "Acme Corp",
        "Acme Corp [agentos:co_other]",
    ]


async def test_our_list_is_found_on_a_later_page(stage: Stage) -> None:
    for number in range(60):
        body = {"name": f"List {number}", "folderId": seed.BREVO_FOLDER_ID}
        brevo(stage.server, "POST", "/contacts/lists", **body)
    connector, ledger = stage.connector(), MemoryLedger("run_1")
    await provision(connector, COMPANY, ledger)
    (first, _) = await connector.plan(COMPANY, MemoryLedger("run_2"))
    assert first.kind is ChangeKind.ADOPT


async def test_a_configured_folder_that_is_missing_is_told(stage: Stage) -> None:
    health = await stage.connector(BREVO_FOLDER_ID="99").check()
    assert not health.ok
    assert "check the settings" in health.detail


async def test_two_lists_are_made_when_the_vendors_client_repeats_calls(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: its retries, which are on by default, are why ours is off."""

    def eager(self: BrevoClient) -> AsyncBrevo:
        return AsyncBrevo(
            api_key=seed.BREVO_API_KEY,
            base_url=self._options.base_url,
            httpx_client=new_client(5.0),
        )

    monkeypatch.setattr(BrevoClient, "_connect", eager)
    stage.break_it(LIST, "status_after_effect", status=502)
    connector = stage.connector()
    (change, *_) = await connector.plan(COMPANY, MemoryLedger("run_1"))
    await connector.apply(COMPANY, change, {}, MemoryLedger("run_1"), confirmed=False)
    assert stage.count(LIST) == 2
