"""A batch outlives the workers that launch it: each row is one run, each effect stands once."""

import asyncio
import signal
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest

from domain.errors import StalePlan
from server.lifecycle import batches
from server.lifecycle.batches import Overview
from tests.doubles.house import DANA, House
from tests.faults.conftest import Systems
from tests.faults.life import Life, work
from tests.faults.lives import KILLED, begun


@pytest.fixture
def address(installed: str) -> str:
    """On SQLite whoever kills the worker kills the caller too."""
    return installed


def _sheet(companies: int) -> bytes:
    """One row in ten is faulty."""
    slugs = ("Not A Slug" if n % 10 == 3 else f"slug-{n}" for n in range(companies))
    lines = (f"Company {n},{slug},slack;newsletter" for n, slug in enumerate(slugs))
    return "\n".join(("company_name,slug,systems", *lines)).encode()


async def _steered(home: House, batch_id: str) -> Overview:
    """Where the batch is, after everything that waits was approved or tried again."""
    found = await batches.overview(home.service, batch_id, DANA)
    if found.approvable:
        with suppress(StalePlan):  # another run came to wait meanwhile
            await batches.approve(home.service, batch_id, DANA, approvable=found.approvable)
    if found.progress.by_status.get("escalated"):
        await batches.retry(home.service, batch_id, DANA)
    return found


@pytest.mark.parametrize(
    "companies", [30, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
async def test_every_good_row_ends_right_though_workers_are_killed(
    life: Life, systems: Systems, home: House, companies: int
) -> None:
    """A worker dies after a third and after two thirds of the rows; calls fail now and then."""
    for system in ("slack", "brevo"):
        for number in range(1, 6):
            systems.sandbox.fault(
                kind="status",
                status=503,
                system=system,
                method="POST",
                skip=number * companies // 6,
            )
    submitted = await batches.submit(home.service, _sheet(companies), "autumn.csv", DANA)
    batch_id = submitted.batch.batch_id
    await batches.start(home.service, batch_id, DANA)
    deaths = [companies // 3, companies * 2 // 3]
    with ExitStack() as alive:
        worker = alive.enter_context(begun(work, replace(life, name="worker 0")))
        while (found := await _steered(home, batch_id)).progress.left:
            if deaths and found.progress.done >= deaths[0]:
                deaths.pop(0)
                assert worker.end(signal.SIGKILL) == KILLED
                name = f"worker {2 - len(deaths)}"
                worker = alive.enter_context(begun(work, replace(life, name=name)))
            await asyncio.sleep(0.1)
    faulty = companies // 10
    assert not deaths
    assert found.progress.by_status == {"completed": companies - faulty, "faulty": faulty}
    named = await batches.list_lines(home.service, batch_id, DANA, status=["faulty"])
    assert [line.line for line in named][:3] == [5, 15, 25]
    good = companies - faulty
    assert systems.made() == {"brevo list": good, "slack channel": good, "slack message": good}
