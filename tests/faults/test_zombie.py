"""A worker that is stopped past its lease and goes on: others have its run, and it is cut off."""

import asyncio
import signal
from dataclasses import replace
from functools import partial

import pytest

from domain.status import RunStatus
from tests.doubles.house import House
from tests.faults.conftest import Systems
from tests.faults.life import Life, Twist, work
from tests.faults.lives import begun
from tests.faults.twists import leased, stopped_midway, unfenced

CUT_OFF = "belongs to another worker now"


@pytest.fixture
def address(installed: str) -> str:
    """There is one worker only on SQLite."""
    return installed


def _worker(life: Life, name: str, *twists: Twist) -> Life:
    short = partial(leased, seconds=2)
    return replace(life, name=name, twists=(*life.twists, short, *twists))


@pytest.mark.parametrize(("guard", "messages"), [((), 1), ((unfenced,), 2)], ids=["fenced", "not"])
async def test_what_a_zombie_writes_is_refused_and_no_effect_stands_twice(
    life: Life, systems: Systems, home: House, guard: tuple[Twist, ...], messages: int
) -> None:
    """Both are at the same message, the zombie with an answer that tells it to go on."""
    channel = systems.turnstile.hold("conversations.create", after=True)
    run = await home.launch(systems=["slack"])
    zombie = _worker(life, "zombie", *guard)
    with begun(work, zombie) as first:
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
        await home.decide(run.run_id, "approve")
        await channel.arrived()
        first.send(signal.SIGSTOP)
        message = systems.turnstile.hold("chat.postMessage")
        with begun(work, _worker(life, "heir")) as second:
            await message.arrived()
            channel.let_go()
            first.send(signal.SIGCONT)
            while CUT_OFF not in zombie.log.read_text() and "slack message" not in systems.made():
                await asyncio.sleep(0.05)
            message.let_go()
            await home.until(run.run_id, RunStatus.COMPLETED)
            assert second.end(signal.SIGTERM) == 0
        assert first.end(signal.SIGTERM) == 0
    assert systems.made() == {"slack channel": 1, "slack message": messages}
    assert (CUT_OFF in zombie.log.read_text()) is (not guard)


async def test_a_transaction_that_never_ends_does_not_keep_a_run(
    life: Life, systems: Systems, home: House
) -> None:
    """The stopped worker holds the row of the run until the database ends its transaction."""
    run = await home.launch(systems=["slack"])
    with begun(work, zombie := _worker(life, "zombie", stopped_midway)) as first:
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
        await home.decide(run.run_id, "approve")
        await first.stopped()
        with begun(work, _worker(life, "heir")):
            await home.until(run.run_id, RunStatus.COMPLETED, seconds=60)
        first.send(signal.SIGCONT)
        assert first.end(signal.SIGTERM) == 0
    assert systems.made() == {"slack channel": 1, "slack message": 1}
    assert "Traceback" not in zombie.log.read_text()
