"""kill -9 around every write of a rollback: the next life goes on with it and nothing is left."""

import signal
from dataclasses import replace
from multiprocessing.connection import Connection

import pytest

from agentos import wiring
from domain.decisions import Answer, DecisionKind
from domain.launches import LaunchRequest
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from sandbox.journal import is_read
from server.lifecycle import decisions, launches, reads
from server.lifecycle.service import Service
from tests.faults.boundaries import Boundaries
from tests.faults.conftest import Systems
from tests.faults.life import DANA, Life
from tests.faults.lives import lived
from tests.faults.records import Records
from tests.integration.systems.leftovers import left, text

KILLED = -signal.SIGKILL
ANSWERS = {
    RunStatus.AWAITING_APPROVAL: DecisionKind.APPROVE,
    RunStatus.ESCALATED: DecisionKind.ROLLBACK,
}


async def undo(life: Life, said: Connection) -> None:
    """Launch a run, approve it and roll it back; goes on where an earlier life ended."""
    app = wiring.application(life.settings)
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        request = LaunchRequest(company_name="Acme Corp", idempotency_key="acme")
        run = (await launches.launch(service, request, DANA)).run
        while not run.ended:
            if kind := ANSWERS.get(run.status):
                await decisions.decide(service, run.run_id, Answer(kind=kind), DANA)
            run = await reads.wait_until_parked(
                service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=60
            )


def _refuse(systems: Systems) -> None:
    """Fresh systems, of which grants refuses the company for good: the other three are undone."""
    systems.sandbox.reset()
    systems.sandbox.fault(
        system="grants", path_regex="/applications/start$", kind="status", status=422, times=0
    )


def _undoing(life: Life, systems: Systems) -> list[str]:
    """The writes to the systems of an undisturbed rollback."""
    _refuse(systems)
    (folder := life.folder / "undisturbed").mkdir()
    boundaries = Boundaries(folder / "names")
    assert lived(undo, replace(life, folder=folder, twists=(*life.twists, boundaries))) == 0
    writes = [
        name for name in boundaries.found() if name[0].isupper() and not is_read(*name.split())
    ]
    first = next(number for number, name in enumerate(writes) if name.startswith("DELETE "))
    return writes[first:]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("after", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_rollback_survives_a_kill_around_every_write_to_a_system(
    life: Life, systems: Systems, after: bool
) -> None:
    names = _undoing(life, systems)
    assert len(names) == len(set(names)) >= 6
    for number, name in enumerate(names):
        _refuse(systems)
        before = systems.sandbox.state()
        (folder := life.folder / str(number)).mkdir()
        fresh = replace(life, folder=folder)
        boundaries = Boundaries(folder / "disturbed", name, after)
        assert lived(undo, replace(fresh, twists=(*life.twists, boundaries))) == KILLED
        midway = systems.sandbox.state()
        if name != names[-1]:
            assert text(midway, left(before, midway)) != text(before)
        assert lived(undo, fresh) == 0
        state = systems.sandbox.state()
        assert text(state, left(before, state)) == text(before), name
        assert Records(folder, "").statuses() == {"acme": "rolled_back"}
