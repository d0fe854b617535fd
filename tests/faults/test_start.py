"""Six processes begin on an empty database at once: all are up, and there is one schema."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest

from domain.status import RunStatus
from tests.doubles.house import House, house
from tests.faults.conftest import at_home
from tests.faults.life import Life, Twist, work
from tests.faults.lives import FORKS, begun
from tests.faults.records import Records, database_url
from tests.faults.twists import impolite
from tests.postgres import empty_database

PROCESSES = 6
VERSIONS = "SELECT count(*) FROM alembic_version"
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY 1, 2
"""


@pytest.fixture
def address(postgres: str) -> str:
    """SQLite serves one process only."""
    return postgres


def _all_at_once(stack: ExitStack, life: Life, *guards: Twist) -> list[object]:
    """What each says when it is up; None of one that is not."""
    start = FORKS.Barrier(PROCESSES)
    deed = partial(work, start=start)
    twisted = replace(life, twists=(*life.twists, *guards))
    running = [
        stack.enter_context(begun(deed, replace(twisted, name=f"worker {number}")))
        for number in range(PROCESSES)
    ]
    said: list[object] = []
    for each in running:
        try:
            said.append(each.hear())
        except EOFError:
            said.append(None)
    return said


async def test_six_processes_begin_at_once(
    life: Life, records: Records, postgres_address: str
) -> None:
    with ExitStack() as stack:
        said = _all_at_once(stack, life)
        assert all(said)
        assert len(set(said)) == PROCESSES
        assert records.rows(VERSIONS) == [(1,)]
        with empty_database(postgres_address) as other:
            async with house(life.folder, {}, served=False, address=other):
                alone = Records(life.folder, database_url(other)).rows(COLUMNS)
        assert records.rows(COLUMNS) == alone
        async with at_home(life) as home:
            await _onboard(home)


async def _onboard(home: House) -> None:
    run = await home.launch(systems=["newsletter"])
    await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    await home.decide(run.run_id, "approve")
    await home.until(run.run_id, RunStatus.COMPLETED)


def test_some_fail_when_nobody_waits(life: Life) -> None:
    """The negative control."""
    with ExitStack() as stack:
        assert None in _all_at_once(stack, life, impolite)
