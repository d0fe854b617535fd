"""Reading back later: drift is named field by field, and nothing is repaired."""

from typing import Any

import httpx

from sandbox import seed
from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office, step


async def _completed(office: Office, **fields: Any) -> dict[str, Any]:
    run = await office.parked(**fields)
    await office.decide(run["run_id"], "approve")
    return await office.wait(run["run_id"])


async def _verify(office: Office, run: dict[str, Any]) -> dict[str, Any]:
    answer = await office.move(run["run_id"], "verify")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _check(run: dict[str, Any], system: str) -> dict[str, Any]:
    checks = run["verification"]["checks"]
    found: dict[str, Any] = next(each for each in checks if each["system"] == system)
    return found


async def test_nothing_differs_when_nobody_has_touched_it(office: Office) -> None:
    run = await _completed(office)
    writes = len(office.sandbox.writes())
    after = await _verify(office, run)
    assert all(not check["differences"] for check in after["verification"]["checks"])
    assert after["status"] == "completed"
    assert after["version"] == run["version"] + 1
    assert len(office.sandbox.writes()) == writes


async def test_drift_is_named_and_left_as_it_is(office: Office) -> None:
    run = await _completed(office)
    channel = step(run, "slack")["resources"][0]["id"]
    async with httpx.AsyncClient(trust_env=False) as api:
        await api.post(
            f"{office.sandbox.url}/slack/api/conversations.rename",
            data={"channel": channel, "name": "somewhere-else"},
            headers={"Authorization": f"Bearer {seed.SLACK_BOT_TOKEN}"},
        )
    writes = len(office.sandbox.writes())
    after = await _verify(office, run)
    assert "somewhere-else" in " ".join(_check(after, "slack")["differences"])
    assert _check(after, "github")["differences"] == []
    assert after["status"] == "completed"
    assert len(office.sandbox.writes()) == writes
    events = (await office.http.get(f"{RUNS}/{run['run_id']}/events")).json()["items"]
    assert events[-1]["type"] == "run_verified"


async def test_a_system_that_cannot_be_read_is_told_apart_from_drift(office: Office) -> None:
    run = await _completed(office)
    office.sandbox.fault(system="github", method="GET", path_regex=".*", kind="status", status=503)
    after = await _verify(office, run)
    assert _check(after, "github")["unread"]
    assert _check(after, "slack")["unread"] is None


async def test_only_what_is_completed_is_verified(office: Office) -> None:
    run = await office.parked()
    answer = await office.move(run["run_id"], "verify")
    assert answer.status_code == 409
    assert answer.json()["code"] == "illegal_move"


async def test_a_step_that_waited_succeeds_once_the_person_has_accepted(office: Office) -> None:
    run = await _completed(office, contacts=[{"email": "ann@example.com"}], systems=["newsletter"])
    assert step(run, "newsletter")["status"] == "pending"
    assert step(await _verify(office, run), "newsletter")["status"] == "pending"
    async with httpx.AsyncClient(trust_env=False) as api:
        answer = await api.post(
            f"{office.sandbox.url}/_sandbox/brevo/confirm", json={"email": "ann@example.com"}
        )
        assert answer.is_success, answer.text
    after = await _verify(office, run)
    assert step(after, "newsletter")["status"] == "success"
    assert not any(each["pending"] for each in step(after, "newsletter")["resources"])
