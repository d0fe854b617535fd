"""A rollback takes back exactly what the run did: the systems are as they were before."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from agentos.sandboxed import sandbox_variables
from sandbox.seed import GITHUB_ORG, GITHUB_TOKEN, SLACK_BOT_TOKEN
from tests.contract.cases.github import QUOTED, put
from tests.contract.cases.slack import other_companys_channel, somebodys_channel
from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import FIRST_CALLS, Office, opened, step
from tests.integration.systems.leftovers import State, left, text
from tests.sandbox_server import SandboxServer

CONTACTS = [
    {"name": "Dana", "email": "Dana@example.com"},
    {"name": "Guest", "github": "octo-guest"},
]
LATE = {
    "grants": ("POST", "/applications/start$"),
    "github": ("PUT", "/memberships/"),
    "brevo": ("POST", "/doubleOptinConfirmation$"),
    "slack": ("POST", "/chat.postMessage$"),
}
"""The last call of each system."""

Way = Callable[[Office, str], Any]


async def decided(office: Office, run_id: str) -> dict[str, Any]:
    return await office.decide(run_id, "rollback")


async def cancelled(office: Office, run_id: str) -> dict[str, Any]:
    answer = await office.move(run_id, "cancel", {"rollback": True})
    assert answer.status_code == 202, answer.text
    return await office.wait(run_id)


OTHERWISE = {"GITHUB_ACCESS": "collaborators", "GITHUB_PROPERTY": "agentos_company"}
OTHERWISE |= {"SLACK_CONNECT": "managed", "SANDBOX": "0"}


async def test_the_systems_are_as_before_when_people_get_in_in_other_ways(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    async with opened(tmp_path, sandbox, sandbox_variables(sandbox.url) | OTHERWISE) as office:
        before = sandbox.state()
        run = await stuck(office, "grants", contacts=CONTACTS)
        made = {each["resource"].partition(":")[0] for each in run["plan"]["changes"]}
        assert {"connect", "property", "collaborator"} <= made
        run = await decided(office, run["run_id"])
        assert run["status"] == "rolled_back"
        compare(office, before, run)


@pytest.fixture
async def office(tmp_path: Path, sandbox: SandboxServer) -> AsyncIterator[Office]:
    async with opened(tmp_path, sandbox) as office:
        yield office


async def stuck(office: Office, system: str, **fields: Any) -> dict[str, Any]:
    """A run that has done all but the last call in one system; that one works again by now."""
    run = await office.parked(**fields)
    method, path = LATE[system]
    office.sandbox.fault(
        system=system, method=method, path_regex=path, kind="auth_revoked", times=0
    )
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "escalated"
    office.sandbox.heal()
    return run


def compare(office: Office, before: State, run: dict[str, Any]) -> None:
    """The systems are as before but for what had to stay, and the report names each of that."""
    after = office.sandbox.state()
    stays = left(before, after)
    assert text(after, stays) == text(before)
    said = "\n".join([*run["undone"], *run["leftovers"]])
    assert [words for words in stays.values() if words not in said] == []


@pytest.mark.parametrize("way", [decided, cancelled])
@pytest.mark.parametrize("system", LATE)
async def test_the_systems_are_as_before_but_for_what_had_to_stay(
    office: Office, system: str, way: Way
) -> None:
    before = office.sandbox.state()
    run = await stuck(office, system, contacts=CONTACTS)
    during = office.sandbox.state()
    assert text(during, left(before, during)) != text(before)
    run = await way(office, run["run_id"])
    assert run["status"] == "rolled_back"
    compare(office, before, run)


async def test_the_systems_are_as_before_when_a_run_is_cancelled_amid_its_work(
    office: Office,
) -> None:
    before = office.sandbox.state()
    run_id = (await office.parked(contacts=CONTACTS))["run_id"]
    for system in FIRST_CALLS:
        office.break_first_call(system, "slow", seconds=1.0)
    await office.move(run_id, "resume", {"approved": True, "responder": "dana"})
    while len(office.sandbox.writes()) < len(FIRST_CALLS):
        await asyncio.sleep(0.02)
    run = await cancelled(office, run_id)
    assert run["status"] == "rolled_back"
    compare(office, before, run)


async def test_a_name_is_free_again_after_a_rollback(office: Office) -> None:
    run = await stuck(office, "grants")
    await decided(office, run["run_id"])
    run = await office.parked(idempotency_key="again")
    kinds = {change["system"]: change["kind"] for change in run["plan"]["changes"]}
    assert kinds == dict.fromkeys(["slack", "github", "newsletter", "grants"], "create")
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "completed"


STRANGERS: tuple[tuple[str, Callable[[SandboxServer], None]], ...] = (
    ("slack", somebodys_channel),
    ("github", put("teams", QUOTED)),
    ("github", put("repos", QUOTED)),
)


@pytest.mark.parametrize(("system", "plant"), [*STRANGERS, ("slack", other_companys_channel)])
async def test_what_somebody_else_has_under_our_name_is_neither_adopted_nor_touched(
    office: Office, system: str, plant: Callable[[SandboxServer], None]
) -> None:
    plant(office.sandbox)
    before = office.sandbox.state()
    run = await office.parked()
    conflicts = [each for each in run["plan"]["changes"] if each["kind"] == "conflict"]
    assert {each["system"] for each in conflicts} == {system}
    assert all(each["reason"] for each in conflicts)
    run = await office.decide(run["run_id"], "approve")
    assert (run["status"], step(run, system)["error_code"]) == ("escalated", "CONFLICT")
    run = await decided(office, run["run_id"])
    assert run["status"] == "rolled_back"
    compare(office, before, run)
    # The office's own check of leaks would take it for ours.
    office.sandbox.reset()


@pytest.mark.parametrize(("system", "plant"), STRANGERS[1:])
async def test_what_somebody_else_has_is_adopted_by_choice_and_given_back(
    office: Office, system: str, plant: Callable[[SandboxServer], None]
) -> None:
    plant(office.sandbox)
    before = office.sandbox.state()
    shown = await office.http.post(f"{RUNS}:preview", json={"company_name": "Acme Corp"})
    (conflict,) = [each for each in shown.json()["changes"] if each["kind"] == "conflict"]
    assert (conflict["system"], conflict["options"]) == (system, ["adopt", "slug", "skip"])
    run = await stuck(office, "grants", choices={"adopt": [conflict["target"]]})
    kinds = {each["target"]: each["kind"] for each in run["plan"]["changes"]}
    assert kinds[conflict["target"]] == "adopt"
    assert step(run, system)["status"] == "success"
    run = await decided(office, run["run_id"])
    assert run["status"] == "rolled_back"
    compare(office, before, run)
    office.sandbox.reset()


class People:
    """What people do by hand, in the systems themselves."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self._sandbox = sandbox

    def slack(self, method: str, **body: Any) -> dict[str, Any]:
        return self._call("POST", f"slack/api/{method}", f"Bearer {SLACK_BOT_TOKEN}", body)

    def github(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self._call(method, f"github/{path}", f"Bearer {GITHUB_TOKEN}", body)

    def _call(self, method: str, path: str, credential: str, body: Any) -> dict[str, Any]:
        headers = {"Authorization": credential}
        url = f"{self._sandbox.url}/{path}"
        answer = httpx.request(method, url, headers=headers, json=body, trust_env=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


async def test_what_was_adopted_gets_back_what_the_run_changed(office: Office) -> None:
    first = await office.parked(contacts=CONTACTS)
    assert (await office.decide(first["run_id"], "approve"))["status"] == "completed"
    people, state = People(office.sandbox), office.sandbox.state()
    channel = next(each for each in state["slack"]["channel"] if "acme" in each["name"])
    people.slack("conversations.setPurpose", channel=channel["id"], purpose="Ours & theirs <3")
    (message,) = state["slack"]["message"]
    people.slack("chat.delete", channel=channel["id"], ts=message["ts"])
    grant = f"orgs/{GITHUB_ORG}/teams/partner-acme-corp/repos/{GITHUB_ORG}/partner-acme-corp"
    people.github("PUT", grant, {"permission": "pull"})
    people.github("DELETE", f"orgs/{GITHUB_ORG}/teams/partner-acme-corp/memberships/octo-guest")
    before = office.sandbox.state()
    run = await stuck(office, "slack", idempotency_key="again", contacts=CONTACTS)
    kinds = {each["resource"]: each["kind"] for each in run["plan"]["changes"]}
    assert (kinds["channel"], kinds["repository"], kinds["list"]) == ("adopt",) * 3
    assert (kinds["purpose"], kinds["grant"], kinds["welcome"]) == ("update", "update", "create")
    assert kinds["membership:octo-guest"] == "create"
    assert text(office.sandbox.state()) != text(before)
    run = await decided(office, run["run_id"])
    assert (run["status"], run["leftovers"]) == ("rolled_back", [])
    assert text(office.sandbox.state()) == text(before)
