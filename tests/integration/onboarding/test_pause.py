"""A pause stops the run before any further effect, and only that."""

import asyncio

import pytest

from domain.plans import Change
from server.store.effects import RunLedger
from server.store.tables import EffectRow
from server.store.transactions import Transaction
from server.worker.drive import Brake
from tests.integration.onboarding.conftest import FIRST_CALLS, STAND_IN, Office
from tests.sandbox_server import MADE

APPROVAL = {"approved": True, "responder": "dana"}


async def at_work(office: Office) -> str:
    """A run that is amid its first call in each of the systems."""
    run_id: str = (await office.parked())["run_id"]
    for system in FIRST_CALLS:
        office.break_first_call(system, "slow", seconds=1.0)
    assert (await office.move(run_id, "resume", APPROVAL)).status_code == 202
    while len(office.sandbox.writes()) < len(STAND_IN):
        await asyncio.sleep(0.02)
    return run_id


async def test_run_is_parked_before_any_further_effect_when_it_is_paused(office: Office) -> None:
    run_id = await at_work(office)
    paused = await office.move(run_id, "pause")
    assert (paused.status_code, paused.json()["pause_requested"]) == (202, True)
    run = await office.wait(run_id)
    assert run["status"] == "paused"
    begun = office.sandbox.writes()
    assert len(begun) == len(STAND_IN)
    refused = await office.move(run_id, "resume", APPROVAL | {"responder": "ben"})
    assert refused.status_code == 409
    assert (await office.move(run_id, "resume")).status_code == 202
    run = await office.wait(run_id)
    assert (run["run_id"], run["status"]) == (run_id, "completed")
    assert [each["attempt"] for each in run["steps"]] == [1, 1, 1, 1]
    assert office.sandbox.writes()[: len(begun)] == begun
    assert office.made() == MADE


async def test_further_effects_follow_a_pause_when_neither_brake_nor_ledger_heeds_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    fenced = RunLedger._fenced

    async def heedless(
        ledger: RunLedger, tx: Transaction, change: Change
    ) -> tuple[None, EffectRow | None]:
        _, entry = await fenced(ledger, tx, change)
        return None, entry

    monkeypatch.setattr(RunLedger, "_fenced", heedless)
    monkeypatch.setattr(Brake, "interrupt", lambda brake: None)
    run_id = await at_work(office)
    await office.move(run_id, "pause")
    await office.wait(run_id)
    assert len(office.sandbox.writes()) > len(STAND_IN)


async def test_gate_stays_shut_when_a_paused_run_is_resumed(office: Office) -> None:
    run_id = (await office.parked())["run_id"]
    for _ in range(2):
        assert (await office.move(run_id, "pause")).json()["status"] == "paused"
        resumed = await office.move(run_id, "resume")
        assert resumed.json()["status"] == "awaiting_approval"
        again = await office.move(run_id, "resume")
        assert (again.status_code, again.json()["version"]) == (202, resumed.json()["version"])
    assert (await office.wait(run_id))["decisions"] == []
    assert office.sandbox.writes() == []


async def test_webhook_decides_nothing_while_the_run_is_paused(office: Office) -> None:
    run_id = (await office.parked())["run_id"]
    await office.move(run_id, "pause")
    body = APPROVAL | {"run_id": run_id}
    refused = await office.http.post("/webhooks/approval", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert (await office.read(run_id))["status"] == "paused"
    await office.move(run_id, "resume")
    assert (await office.http.post("/webhooks/approval", json=body)).status_code == 200
    assert (await office.wait(run_id))["status"] == "completed"


async def test_run_is_parked_when_it_is_paused_before_its_plan_is_there(office: Office) -> None:
    for stand_in in STAND_IN.values():
        office.sandbox.fault(system=stand_in, kind="slow", seconds=0.5)
    run_id = (await office.launch())["run_id"]
    while len(office.sandbox.requests()) < len(STAND_IN):
        await asyncio.sleep(0.02)
    await office.move(run_id, "pause")
    assert (await office.wait(run_id))["status"] == "paused"
    await office.move(run_id, "resume")
    run = await office.wait(run_id)
    assert run["status"] == "awaiting_approval"
    assert (await office.decide(run_id, "approve"))["status"] == "completed"
