"""A request that names several companies, while there is no room for their runs."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.errors import Overloaded
from domain.launches import LaunchRequest
from domain.ports import Journal, Words
from domain.readings import Reading, Wanted
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import launches, reads
from server.lifecycle.intake import Intake
from server.store.transactions import Transaction
from server.worker.execute import MAX_FAILURES
from tests.doubles.house import DANA, LIMITS, House, house
from tests.doubles.toy import ToyWorld, toy


class Fickle:
    """A model that reads something else each time."""

    def __init__(self) -> None:
        self.readings = 0

    async def read(self, words: Words, journal: Journal) -> Reading:
        self.readings += 1
        names = ["Acme Corp", "Globex", "Initech"][:: 1 if self.readings == 1 else -1]
        return Reading(companies=tuple(Wanted(name=name, systems=("slack",)) for name in names))


async def confirmed(home: House) -> str:
    """A run of three companies to which a person has said yes."""
    request = LaunchRequest(request="Onboard all of ours")
    run = (await launches.launch(home.service, request, DANA)).run
    run = await home.settle(run.run_id)
    assert run.status is RunStatus.NEEDS_CLARIFICATION
    await home.decide(run.run_id, "answer", text="yes")
    return run.run_id


async def launched(home: House) -> Sequence[str]:
    page = await reads.list_runs(home.service, tenant=DEFAULT_TENANT)
    return sorted(run.company.name for run in page.items)


async def test_their_runs_follow_when_there_is_room_and_each_is_launched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, refusals = Fickle(), 0
    real = Intake.admit

    async def admit(self: Intake, tx: Transaction) -> None:
        """Room for one of them, then for none, more often than a worker may fail."""
        nonlocal refusals
        if len(await launched(home)) >= 2 and refusals <= MAX_FAILURES:
            refusals += 1
            raise Overloaded("Too many wait.", after_seconds=0.01)
        await real(self, tx)

    systems = {"slack": toy("slack", ToyWorld())}
    async with house(tmp_path, systems, {**LIMITS, "reader": reader}) as home:
        monkeypatch.setattr(Intake, "admit", admit)
        run = await home.until(await confirmed(home), RunStatus.AWAITING_APPROVAL)
        assert refusals == MAX_FAILURES + 1
        assert await launched(home) == ["Acme Corp", "Globex", "Initech"]
        assert (run.company.name, run.failure) == ("Acme Corp", None)
        assert reader.readings == 1  # what a person has confirmed is not read anew
