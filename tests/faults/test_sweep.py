"""kill -9 at every boundary of a run, launch and approval included: the next life ends the run.

The boundaries are counted in an undisturbed run, so that none is forgotten when one is added.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest

from sandbox.journal import is_read
from tests.faults.boundaries import COMMIT, Boundaries
from tests.faults.conftest import Systems, Tell
from tests.faults.life import Life, Twist, onboard
from tests.faults.lives import KILLED, lived
from tests.faults.records import Records
from tests.faults.twists import careless
from tests.sandbox_server import MADE

LIST = "POST /brevo/v3/contacts/lists"

SAMPLE = 8
PARTS = 8
SLACK = 10
"""How many boundaries another life may lack: a few commits of the engine come by the clock."""
Place = tuple[int, bool]
"""The number of a boundary, and whether the process dies after it."""


def _counted(life: Life) -> list[str]:
    """The boundaries of a run that is not disturbed."""
    boundaries = Boundaries(life.folder / "undisturbed")
    assert lived(onboard, replace(life, twists=(*life.twists, boundaries))) == 0
    return boundaries.found()


def _all(names: list[str]) -> list[Place]:
    return [(number, after) for number in range(1, len(names) + 1) for after in (False, True)]


def _die(life: Life, company: str, at: int | str, *, after: bool = False) -> int:
    boundaries = Boundaries(life.folder / "disturbed", at, after)
    twisted = replace(life, twists=(*life.twists, boundaries))
    return lived(partial(onboard, company=company), twisted)


def _swept(
    life: Life, systems: Systems, records: Records, names: list[str], places: Iterable[Place]
) -> list[str]:
    """What went wrong where."""
    wrong = []
    for at, after in places:
        company = f"Company {at}{' after' if after else ''}"
        systems.sandbox.reset()
        died = _die(life, company, at, after=after)
        ended = lived(partial(onboard, company=company), life)
        made, status = systems.made(), records.statuses().get(company)
        reached = died == KILLED or at > len(names) - SLACK
        if not reached or (ended, made, status) != (0, MADE, "completed"):
            wrong.append(f"{company}: {died}, then {ended}, {status}, {made}")
    return wrong


def test_boundaries_of_every_kind_are_found(life: Life, tell: Tell) -> None:
    names = _counted(life)
    tell(f"boundaries of a run on {'Postgres' if life.database else 'SQLite'}: {len(names)}")
    assert {COMMIT, "aput", "aput_writes", "adelete_thread"} < set(names)
    for system in ("slack", "github", "brevo", "grants"):
        assert any(f" /{system}/" in name for name in names)


def test_a_run_survives_a_kill_wherever_it_comes(
    life: Life, systems: Systems, records: Records
) -> None:
    names = _counted(life)
    places = _all(names)
    sample = [places[number * (len(places) - 1) // (SAMPLE - 1)] for number in range(SAMPLE)]
    assert _swept(life, systems, records, names, sample) == []


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("after", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_run_survives_a_kill_around_every_write_to_a_system(
    life: Life, systems: Systems, records: Records, after: bool
) -> None:
    writes = [name for name in _counted(life) if name[0].isupper() and not is_read(*name.split())]
    assert len(writes) >= sum(MADE.values())
    for number, name in enumerate(writes):
        (folder := life.folder / str(number)).mkdir()
        fresh = replace(life, folder=folder)
        systems.sandbox.reset()
        assert _die(fresh, "Acme Corp", name, after=after) == KILLED
        assert lived(onboard, fresh) == 0
        assert systems.made() == MADE, name
        assert Records(folder, "").statuses() == {"Acme Corp": "completed"}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_run_survives_a_kill_at_every_boundary(
    life: Life, systems: Systems, records: Records, part: int, tell: Tell
) -> None:
    names = _counted(life)
    places = _all(names)[part::PARTS]
    assert _swept(life, systems, records, names, places) == []
    tell(f"kills survived on {'Postgres' if life.database else 'SQLite'}: {len(places)}")


def test_a_run_survives_the_kill_of_three_recoveries(
    life: Life, systems: Systems, records: Records
) -> None:
    middle = len(_counted(life)) // 2
    systems.sandbox.reset()
    died = [_die(life, "Globex", at, after=at % 2 == 0) for at in (middle, 5, 8, 11)]
    assert died == [KILLED] * 4
    assert lived(partial(onboard, company="Globex"), life) == 0
    assert (records.statuses()["Globex"], systems.made()) == ("completed", MADE)


@pytest.mark.parametrize(
    ("guards", "lists"), [((), 1), ((careless,), 4)], ids=["sound", "careless"]
)
def test_an_effect_stands_once_because_each_recovery_looks(
    life: Life, systems: Systems, guards: tuple[Twist, ...], lists: int
) -> None:
    """The negative control: lives that do not look make one list each."""
    twisted = replace(life, twists=(*life.twists, *guards))
    died = [_die(twisted, "Acme Corp", LIST, after=True) for _ in range(3)]
    assert died[0] == KILLED
    assert lived(onboard, twisted) == 0
    assert systems.made()["brevo list"] == lists
