"""Whether a short name is free is said as it is typed, and the systems are asked sparingly."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NotAllowed, Retryable, SystemFault
from domain.plans import Change
from domain.ports import Ledger, System
from domain.scopes import Scope
from server.lifecycle import names
from server.lifecycle.names import NameCheck, Verdict
from server.lifecycle.service import Actor, Service
from systems.breaker import guarded
from tests.doubles.house import DANA
from tests.integration.console.conftest import Desk


@dataclass
class Counted:
    """A system whose plans are counted, and may be held back."""

    system: System
    plans: int = 0
    fault: SystemFault | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.name = self.system.name
        self.gate.set()

    async def plan(self, company: Company, ledger: Ledger) -> Sequence[Change]:
        self.plans += 1
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return await self.system.plan(company, ledger)

    def blocked(self, company: Company, reason: str) -> Sequence[Change]:
        return self.system.blocked(company, reason)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Asking:
    """A check of names over counted systems."""

    check: NameCheck
    systems: dict[str, Any]
    clock: Clock

    async def verdict(self, name: str, system: str = "slack") -> Verdict:
        return (await self.check.check(name, None, [system], DANA)).verdicts[system]


@pytest.fixture
def asking(desk: Desk) -> Asking:
    service: Service = desk.home.service
    systems: dict[str, Any] = {name: Counted(one) for name, one in service.systems.items()}
    clock = Clock()
    check = NameCheck(replace(service, systems=systems), clock, patience_seconds=0.5)
    return Asking(check, systems, clock)


async def said(desk: Desk, **query: str) -> list[str]:
    asked = {"system": ["slack", "github"], **query}
    answer = await desk.http.get("/launch/name", params=asked)
    assert answer.headers["content-type"] == "application/json", answer.text
    return [one["text"] for one in answer.json()]


async def test_a_name_is_free_taken_or_ours(desk: Desk) -> None:
    assert await said(desk, company_name="Acme Corp") == ["acme-corp is free in Slack and GitHub."]
    desk.worlds["github"].objects.append(("a-globex", "a stranger"))
    assert await said(desk, company_name="Globex") == [
        "globex is free in Slack.",
        "globex is taken in GitHub: it would be adopted or asked about.",
    ]
    run_id = await desk.parked("Initech")
    await desk.home.decide(run_id, "approve")
    await desk.home.settle(run_id)
    assert await said(desk, company_name="Initech", system="slack") == [
        "initech is there for Initech in Slack: it would be adopted."
    ]
    assert await said(desk, company_name="Acme", slug="Not A Slug") != []
    assert "belongs to another company" in (await said(desk, company_name="X", slug="initech"))[0]


async def test_a_preview_says_the_same_without_scripts(desk: Desk) -> None:
    desk.worlds["github"].objects.append(("a-acme", "a stranger"))
    await desk.open("/launch")
    page = await desk.press("Preview plan", company_name="Acme")
    assert "acme is free in Slack." in page.text
    assert "acme is taken in GitHub: it would be adopted or asked about." in page.text
    desk.worlds["slack"].broken = "unreadable"
    page = await desk.press("Preview plan", company_name="Acme")
    assert "Slack cannot be read now; the plan says why." in page.text


async def test_a_silent_system_is_told_since_when(desk: Desk) -> None:
    service = desk.app.state.console.service
    systems = {name: guarded(one) for name, one in service.systems.items()}
    service = replace(service, systems=systems)
    console = replace(desk.app.state.console, service=service, names=NameCheck(service))
    desk.app.state.console = console
    desk.worlds["slack"].broken = "unreadable"
    free, silent = await said(desk, company_name="Acme")
    since = systems["slack"].seen().silent_since
    assert since is not None and free == "acme is free in GitHub."
    told = f"Slack does not answer since {since:%H:%M} UTC. You can launch; its steps will wait."
    assert silent == told
    await desk.open("/launch")
    page = await desk.press("Preview plan", company_name="Acme")
    assert told in page.text


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (ErrorCode.RATE_LIMITED, Verdict.UNASKED),
        (ErrorCode.AUTH, Verdict.UNREAD),
        (ErrorCode.TIMEOUT, Verdict.SILENT),
    ],
)
async def test_only_a_system_that_does_not_answer_is_called_silent(
    asking: Asking, code: ErrorCode, verdict: Verdict
) -> None:
    asking.systems["slack"].fault = Retryable(code, "No.")
    assert await asking.verdict("Acme") is verdict


async def test_who_asks_the_same_meanwhile_or_soon_after_costs_no_look(asking: Asking) -> None:
    slack = asking.systems["slack"]
    await asyncio.gather(*(asking.verdict("Acme") for _ in range(5)))
    asking.clock.now = names.KEPT_SECONDS - 1
    assert await asking.verdict("ACME") is Verdict.FREE
    assert slack.plans == 1
    asking.clock.now = names.KEPT_SECONDS
    await asking.verdict("Acme")
    assert slack.plans == 2


async def test_beyond_so_many_looks_a_minute_none_is_made(asking: Asking) -> None:
    slack = asking.systems["slack"]
    found = [await asking.verdict(f"Acme {n}") for n in range(names.LOOKS_A_MINUTE + 5)]
    assert slack.plans == names.LOOKS_A_MINUTE
    assert found.count(Verdict.UNASKED) == 5
    assert await asking.verdict("Acme 0") is Verdict.FREE
    assert await asking.verdict("Acme 0", "github") is Verdict.FREE
    asking.clock.now = 60.0
    assert await asking.verdict("Other") is Verdict.FREE


async def test_a_system_whose_rate_is_spent_is_not_asked(asking: Asking) -> None:
    slack = asking.systems["slack"]
    watched = guarded(slack)
    asking.systems["slack"] = watched
    watched.sight.failed(ErrorCode.RATE_LIMITED, after_seconds=0.0)
    assert await asking.verdict("Acme") is Verdict.FREE
    watched.sight.failed(ErrorCode.RATE_LIMITED, after_seconds=60.0)
    assert await asking.verdict("Globex") is Verdict.UNASKED
    assert slack.plans == 1


async def test_no_more_is_kept_than_may_be(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_KEPT", 2)
    for name in ("One", "Two", "Three", "One"):
        await asking.verdict(name)
    assert asking.systems["slack"].plans == 4


async def test_a_system_that_takes_too_long_is_silent_for_a_moment(asking: Asking) -> None:
    slack = asking.systems["slack"]
    slack.gate.clear()
    assert await asking.verdict("Acme") is Verdict.SILENT
    assert await asking.verdict("Acme") is Verdict.SILENT
    assert slack.plans == 1
    slack.gate.set()
    asking.clock.now = 6.0
    assert await asking.verdict("Acme") is Verdict.FREE


async def test_who_may_not_launch_asks_no_system(asking: Asking) -> None:
    viewer = Actor("vera", "console", scopes=frozenset({Scope.VIEWER}))
    with pytest.raises(NotAllowed):
        await asking.check.check("Acme", None, ["slack"], viewer)
    assert asking.systems["slack"].plans == 0
