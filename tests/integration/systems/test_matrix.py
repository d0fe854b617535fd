"""Each fault in each system: its code, its effect, when it is tried again, and one object."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.codes import CODE_FACTS, ErrorCode
from sandbox.faults import KINDS
from tests.faults.twists import impatient
from tests.integration.onboarding.conftest import STAND_IN, Office, opened, step
from tests.sandbox_server import MADE, SandboxServer

C = ErrorCode
SHORT = {f"{name}_TIMEOUT_SECONDS": "0.5" for name in ("SLACK", "GITHUB", "BREVO", "GRANTS")}

OWN_STYLES = {"github": {"style": "reset_header"}, "newsletter": {"style": "reset_header"}}
"""Headers of the vendor's own, in place of `Retry-After`."""


@dataclass(frozen=True)
class Trouble:
    """A fault of the call that makes the first object, and what the first try is told as.

    Without a `code` the look-up after it has found the object, so that the first try is well.
    `wait`: at least so many seconds lie between the call and the next one.
    """

    kind: str
    code: ErrorCode | None = None
    wait: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)


TROUBLES = {
    "limit in seconds": Trouble(
        "rate_limit", C.RATE_LIMITED, 2, {"retry_after": 2, "style": "retry_after"}
    ),
    "limit until a date": Trouble(
        "rate_limit", C.RATE_LIMITED, 2, {"retry_after": 3, "style": "http_date"}
    ),
    "limit as each vendor has it": Trouble("rate_limit", C.RATE_LIMITED, 2, {"retry_after": 3}),
    "out of order": Trouble("status", C.UNAVAILABLE, more={"status": 503}),
    "cut off before": Trouble("reset_before", C.UNAVAILABLE),
    "a page instead": Trouble("html_200", C.UNAVAILABLE),
    "cut off after": Trouble("lost_after_effect"),
    "out of order after": Trouble("status_after_effect"),
    "half an answer": Trouble("truncated_json"),
    "revoked": Trouble("auth_revoked", C.AUTH),
    "refused": Trouble("status", C.INVALID_INPUT, more={"status": 422}),
}


@pytest.fixture
async def office(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    impatient(monkeypatch)
    async with opened(tmp_path, sandbox) as office:
        yield office


def _calls(office: Office, system: str) -> list[datetime]:
    """When the first object of a system was asked for."""
    entries = [entry for entry in office.sandbox.writes() if entry["system"] == STAND_IN[system]]
    return [
        datetime.fromisoformat(entry["at"])
        for entry in entries
        if (entry["method"], entry["path"]) == (entries[0]["method"], entries[0]["path"])
    ]


async def _tries(office: Office, run_id: str, system: str) -> list[dict[str, Any]]:
    """The results of a system's tries, as they were told when each had ended."""
    return [
        event["data"]["result"]
        for event in await office.events(run_id)
        if event["type"] == "step_finished" and event["data"]["result"]["system"] == system
    ]


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_fault_is_told_and_treated_as_the_table_says(office: Office, name: str) -> None:
    trouble = TROUBLES[name]
    run = await office.parked()
    for system in STAND_IN:
        own = OWN_STYLES.get(system, {}) if trouble.kind == "rate_limit" else {}
        office.break_first_call(system, trouble.kind, **own | trouble.more)
    run = await office.decide(run["run_id"], "approve")
    again = trouble.code is not None and CODE_FACTS[trouble.code].retryable
    if trouble.code and not again:
        assert (run["status"], office.made()) == ("escalated", {})
        run = await office.decide(run["run_id"], "retry")
    assert (run["status"], office.made()) == ("completed", MADE)
    for system in STAND_IN:
        first, *_ = await _tries(office, run["run_id"], system)
        calls = _calls(office, system)
        assert step(run, system)["status"] == "success"
        if trouble.code is None:
            assert (first["status"], len(calls)) == ("success", 1), system
            continue
        facts = CODE_FACTS[trouble.code]
        told = first["error_code"], first["retryable"], first["effect"]
        assert told == (trouble.code.value, facts.retryable, facts.effect.value), system
        assert len(calls) == 2, system
        assert (calls[1] - calls[0]).total_seconds() >= trouble.wait, system


def test_every_kind_of_fault_is_looked_at() -> None:
    """The two that are not in the table have a test of their own below."""
    assert {trouble.kind for trouble in TROUBLES.values()} | {"slow", "eventual"} == KINDS


async def test_one_object_is_there_when_reads_lag_behind_a_lost_answer(office: Office) -> None:
    run = await office.parked()
    for system in STAND_IN:
        office.break_first_call(system, "lost_after_effect")
        office.sandbox.fault(system=STAND_IN[system], kind="eventual", reads=2)
    run = await office.decide(run["run_id"], "approve")
    assert (run["status"], office.made()) == ("completed", MADE)
    assert [len(_calls(office, system)) for system in STAND_IN] == [1] * 4


async def test_one_object_is_there_when_the_answer_comes_after_the_timeout(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    async with opened(tmp_path, sandbox, SHORT) as office:
        run = await office.parked()
        for system in STAND_IN:
            office.break_first_call(system, "slow", seconds=1.0)
        run = await office.decide(run["run_id"], "approve")
        assert (run["status"], office.made()) == ("completed", MADE)
        assert [len(_calls(office, system)) for system in STAND_IN] == [1] * 4
