"""One system cannot be reached for a while: the others finish, then it does, each effect once."""

import asyncio
from pathlib import Path

import pytest

from agentos.sandboxed import sandbox_variables
from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import reads
from systems import registry
from tests.doubles.house import House, house
from tests.faults.conftest import Systems
from tests.faults.proxy import Proxy, Weather, proxy
from tests.sandbox_server import MADE

OTHERS = ("slack", "github", "grants")
LOST: dict[Weather, int] = {"slow": 0, "reset": 2, "swallow": 2}
LIMITS = {"max_step_retries": 10, "backoff_base_seconds": 0.2, "backoff_cap_seconds": 1.0}


async def _cut(home: House, between: Proxy, weather: Weather) -> RunState:
    """A run whose newsletter cannot be reached until two calls are lost and the others are done."""
    run = await home.launch()
    run = await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    between.weather = weather
    await home.decide(run.run_id, "approve")
    async with asyncio.timeout(30):
        while between.lost < LOST[weather]:
            await asyncio.sleep(0.01)
        between.weather = "fair" if LOST[weather] else weather
        while not all(name in run.steps and run.steps[name].settled for name in OTHERS):
            run = await reads.get_run(home.service, run.run_id, tenant=DEFAULT_TENANT)
    return run


@pytest.mark.parametrize("weather", LOST)
async def test_a_partition_is_got_over(
    tmp_path: Path, address: str | None, systems: Systems, weather: Weather
) -> None:
    async with proxy(systems.url) as between:
        through = {"BREVO_BASE_URL": f"{between.url}/brevo/v3", "BREVO_TIMEOUT_SECONDS": "1"}
        built = registry.build(sandbox_variables(systems.url) | through)
        async with house(tmp_path, built, LIMITS, address=address) as home:
            run = await _cut(home, between, weather)
            run = await home.until(run.run_id, RunStatus.COMPLETED)
            assert (run.steps["newsletter"].attempt > 1) is (weather != "slow")
    assert systems.made() == MADE


async def test_a_run_waits_when_its_calls_have_no_end(
    tmp_path: Path, address: str | None, systems: Systems
) -> None:
    """The negative control: what was swallowed is never answered, though the way is free again."""
    async with proxy(systems.url) as between:
        through = {"BREVO_BASE_URL": f"{between.url}/brevo/v3", "BREVO_TIMEOUT_SECONDS": "60"}
        built = registry.build(sandbox_variables(systems.url) | through)
        async with house(tmp_path, built, LIMITS, address=address, grace_seconds=0.1) as home:
            run = await home.launch(systems=["newsletter"])
            await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
            between.weather = "swallow"
            await home.decide(run.run_id, "approve")
            while not between.lost:
                await asyncio.sleep(0.01)
            between.weather = "fair"
            run = await home.settle(run.run_id, seconds=4)
            assert run.status is RunStatus.PROVISIONING
