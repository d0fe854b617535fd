"""Two processes are told different things about one run at the same moment: one decision stands."""

import multiprocessing.synchronize
import signal
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from domain.status import TERMINAL, RunStatus
from server.store.dsn import conninfo
from tests.doubles.house import House
from tests.faults.conftest import Systems
from tests.faults.life import Life, Twist, race, work
from tests.faults.lives import FORKS, begun
from tests.faults.records import Records
from tests.faults.twists import meeting, thoughtful, unlocked

EACH = 10
"""How often each process says each thing."""


@pytest.fixture
def address(installed: str) -> str:
    """There is one process only on SQLite."""
    return installed


async def _parked(life: Life, home: House, companies: int) -> list[str]:
    """Runs that wait for their approval."""
    found = []
    with begun(work, life):
        for number in range(companies):
            run = await home.launch(f"Company {number}", systems=["newsletter"])
            await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
            found.append(run.run_id)
    return found


def _but(life: Life, *twists: Twist) -> Life:
    return replace(life, twists=(*life.twists, *twists))


def _raced(life: Life, run_ids: list[str], moves: tuple[str, ...]) -> list[Counter[str]]:
    """What came of the moves, for each run, when two processes made them at once."""
    start: multiprocessing.synchronize.Barrier = FORKS.Barrier(2)
    deed = partial(race, run_ids=run_ids, moves=moves * EACH, start=start)
    with ExitStack() as stack:
        racers = [
            stack.enter_context(begun(deed, replace(life, name=f"racer {number}")))
            for number in range(2)
        ]
        heard = [racer.hear() for racer in racers]
        assert [racer.end() for racer in racers] == [0, 0]
    return [one + other for one, other in zip(*heard, strict=True)]


async def test_one_decision_wins_and_the_run_follows_it(
    life: Life, systems: Systems, home: House, records: Records
) -> None:
    run_ids = await _parked(life, home, companies=4)
    told = _raced(_but(life, thoughtful), run_ids, ("approve", "deny"))
    for outcomes in told:
        assert outcomes == {"done": 1, "already_decided": 4 * EACH - 1}
    decided = dict(records.rows("SELECT run_id, kind FROM decisions"))
    assert records.rows("SELECT count(*) FROM decisions") == [(len(run_ids),)]
    with begun(work, life):
        for run_id in run_ids:
            approved = decided[run_id] == "approve"
            await home.until(run_id, RunStatus.COMPLETED if approved else RunStatus.DENIED)
    approvals = Counter(decided.values())["approve"]
    assert systems.made() == ({"brevo list": approvals} if approvals else {})


async def test_a_decision_stands_beside_a_pause_and_a_cancel(
    life: Life, systems: Systems, home: House, records: Records
) -> None:
    """The runs are executed by two workers meanwhile."""
    run_ids = await _parked(life, home, companies=4)
    with (
        begun(work, replace(life, name="one")) as one,
        begun(work, replace(life, name="two")) as two,
    ):
        for outcomes in _raced(life, run_ids, ("approve", "pause", "cancel", "resume")):
            assert not outcomes.keys() - {"done", "already_decided", "illegal_move"}, outcomes
        for run_id in run_ids:
            await home.until(run_id, *TERMINAL)
        assert [each.end(signal.SIGTERM) for each in (one, two)] == [0, 0]
    statuses = {status for (status,) in records.rows("SELECT status FROM runs")}
    assert statuses <= {"cancelled", "completed"}
    assert max(Counter(records.rows("SELECT run_id FROM decisions")).values(), default=1) == 1
    assert systems.made().get("brevo list", 0) <= len(run_ids)


async def test_several_decisions_stand_when_nothing_stops_them(
    tmp_path: Path, life: Life, home: House, records: Records
) -> None:
    """The negative control: the row of the run is not locked, and two rows may be inserted."""
    run_ids = await _parked(life, home, companies=4)
    with psycopg.connect(conninfo(life.database)) as owner:
        owner.execute("ALTER TABLE decisions DROP CONSTRAINT pk_decisions")
    _raced(_but(life, unlocked, partial(meeting, folder=tmp_path)), run_ids, ("approve", "deny"))
    assert max(Counter(records.rows("SELECT run_id FROM decisions")).values()) > 1
