"""A fifth system is one new folder: nothing else is touched, and a company goes into five."""

import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import systems
from systems import registry
from tests.integration.onboarding.conftest import Office, opened, step
from tests.integration.systems.helpdesk.desk import TOKEN, Desk
from tests.sandbox_server import MADE, SandboxServer, served

README = Path(systems.__path__[0]) / "README.md"
PART = Path(__file__).parent / "helpdesk" / "queue.py"
FIVE = ["slack", "github", "newsletter", "grants", "helpdesk"]


@pytest.fixture
def helpdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of the README's example, beside the others."""
    folder = tmp_path / "more" / "helpdesk"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (folder / "system.py").write_text(code)
    shutil.copy(PART, folder)
    monkeypatch.setattr(systems, "__path__", [*systems.__path__, str(folder.parent)])
    yield
    for name in [name for name in sys.modules if name.startswith("systems.helpdesk")]:
        del sys.modules[name]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def office(
    tmp_path: Path, sandbox: SandboxServer, helpdesk: None, desk: Desk
) -> AsyncIterator[Office]:
    with served(desk.app()) as url:
        variables = {"HELPDESK_BASE_URL": url, "HELPDESK_TOKEN": TOKEN}
        async with opened(tmp_path, sandbox, variables) as office:
            yield office


def test_it_is_found_by_its_folder_alone(helpdesk: None) -> None:
    assert list(registry.modules()) == FIVE


async def test_a_company_is_onboarded_into_five_systems(office: Office, desk: Desk) -> None:
    run = await office.parked()
    planned = [change for change in run["plan"]["changes"] if change["system"] == "helpdesk"]
    assert [(each["kind"], each["summary"]) for each in planned] == [
        ("create", "open the queue acme-corp")
    ]
    assert (list(run["plan"]["systems"]), desk.writes) == (FIVE, [])
    run = await office.decide(run["run_id"], "approve")
    assert (run["status"], desk.writes) == ("completed", ["open acme-corp"])
    report = run["report"]
    assert report["headline"] == "Acme Corp is onboarded into 5 of 5 systems."
    assert report["checklist"][-1]["text"] == (
        "helpdesk: done. Help desk provisioned for Acme Corp: acme-corp"
    )
    assert office.made() == MADE
    again = await office.parked(idempotency_key="again")
    kinds = {each["system"]: each["kind"] for each in again["plan"]["changes"]}
    assert kinds["helpdesk"] == "adopt"


async def test_it_is_rolled_back_with_the_others(office: Office, desk: Desk) -> None:
    run = await office.parked()
    office.sandbox.fault(system="github", kind="auth_revoked", times=0)
    run = await office.decide(run["run_id"], "approve")
    assert (run["status"], list(desk.queues)) == ("escalated", ["acme-corp"])
    run = await office.decide(run["run_id"], "rollback")
    assert (run["status"], desk.queues) == ("rolled_back", {})
    assert "the queue acme-corp was closed" in run["undone"]
    assert desk.writes == ["open acme-corp", "close acme-corp"]


async def test_its_failure_is_escalated_and_the_others_are_not_touched(
    office: Office, desk: Desk
) -> None:
    run = await office.parked()
    desk.queues["acme-corp"] = "somebody's own"
    run = await office.decide(run["run_id"], "approve")
    assert (run["status"], run["open_request"]["systems"]) == ("escalated", ["helpdesk"])
    assert step(run, "helpdesk")["error_code"] == "CONFLICT"
    assert (office.made(), desk.queues) == (MADE, {"acme-corp": "somebody's own"})
    run = await office.decide(run["run_id"], "skip", reason="They have one.")
    assert (run["status"], run["report"]["missing"]) == ("completed", ["helpdesk"])
