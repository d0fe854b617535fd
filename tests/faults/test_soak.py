"""Half a minute of what `make soak` does for ten, and that its eyes are open."""

from dataclasses import replace

import pytest

from tests.faults.boundaries import Boundaries
from tests.faults.conftest import Systems, Tell
from tests.faults.life import Life, onboard
from tests.faults.lives import KILLED, lived
from tests.faults.records import Records
from tests.faults.soak import soak, twice, unsound
from tests.faults.twists import careless


@pytest.fixture
def address(installed: str) -> str:
    """There are several processes."""
    return installed


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nothing_goes_wrong_while_processes_are_killed(
    life: Life, systems: Systems, records: Records, tell: Tell
) -> None:
    assert await soak(life, systems.sandbox, seconds=30, seed=1) == []
    ((runs,),) = records.rows("SELECT count(*) FROM runs")
    tell(f"runs ended while processes were killed for 30 s: {runs}")


def test_what_is_there_twice_and_what_has_not_ended_is_seen(
    life: Life, systems: Systems, records: Records
) -> None:
    """The negative control."""
    killed = Boundaries(life.folder / "names", "POST /brevo/v3/contacts/lists", after=True)
    assert lived(onboard, replace(life, twists=(*life.twists, careless, killed))) == KILLED
    assert len(unsound(records)) == 1
    assert lived(onboard, replace(life, twists=(*life.twists, careless))) == 0
    assert len(twice(systems.sandbox, records)) == 1
