"""Who approves sees in what a plan differs from the last launch of the organisation."""

from dataclasses import replace

from domain.launches import LaunchRequest
from domain.status import RunStatus
from server.lifecycle import launches, reads
from tests.doubles.house import DANA
from tests.integration.console.conftest import Desk

HEADING = "Since the last launch of this organisation"


async def completed(desk: Desk, name: str, **fields: object) -> str:
    run = await desk.home.launch(name, **fields)
    await desk.home.settle(run.run_id)
    await desk.home.decide(run.run_id, "approve")
    await desk.home.until(run.run_id, RunStatus.COMPLETED)
    return run.run_id


async def parked(desk: Desk, name: str, **fields: object) -> str:
    run = await desk.home.launch(name, **fields)
    await desk.home.settle(run.run_id)
    return run.run_id


async def test_the_card_compares_with_the_newest_completed_launch(desk: Desk) -> None:
    run_id = await parked(desk, "Acme Corp")
    for path in ("/approvals", f"/runs/{run_id}"):
        assert HEADING not in (await desk.open(path)).text
    await completed(desk, "Acme Corp", systems=["slack", "github"])
    newest = await completed(desk, "Acme Corp", systems=["slack"])
    await completed(desk, "Acme Labs")
    denied = await parked(desk, "Acme Corp", systems=["github"])
    await desk.home.decide(denied, "deny", reason="Not yet.")
    await desk.home.until(denied, RunStatus.DENIED)
    again = await parked(desk, "Acme Corp", systems=["github"])
    for path in (f"/approvals?run={again}", f"/runs/{again}"):
        page = await desk.open(path)
        assert HEADING in page.text, path
        told = page.text.partition(HEADING)[2]
        assert "New GitHub: Adopt a-acme-corp" in told
        assert "Gone Slack: Create a-acme-corp" in told
        assert f"/runs/{newest}" in [href for href, _ in page.links]


async def test_the_same_again_is_said_to_be_the_same(desk: Desk) -> None:
    await completed(desk, "Ac\u200dme")
    await parked(desk, "Ac\u200dme")
    page = await desk.open("/approvals")
    assert "Nothing differs: the same is asked for again." in page.text
    assert "\u200d" not in page.html


async def test_launches_of_others_and_later_ones_are_not_compared_with(desk: Desk) -> None:
    waits = await parked(desk, "Acme Corp")
    run_id = await completed(desk, "Acme Corp")
    assert HEADING not in (await desk.open(f"/approvals?run={waits}")).text
    other = replace(DANA, tenant="other")
    request = LaunchRequest(company_name="Acme Corp")
    run = (await launches.launch(desk.home.service, request, other)).run
    run = await reads.wait_until_parked(
        desk.home.service, run.run_id, tenant="other", timeout_seconds=15
    )
    assert await reads.last_launch(desk.home.service, run, tenant="other") is None
    found = await reads.last_launch(desk.home.service, run, tenant="default")
    assert found is not None and found.run_id == run_id
