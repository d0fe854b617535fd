"""What a reader understands is asked about where this service or a launch cannot have it so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from domain.companies import Contact
from domain.launches import MAX_CONTACTS
from domain.ports import Journal, Words
from domain.readings import About, Reading, Wanted
from domain.runs import RunState
from domain.status import RunStatus
from server.lifecycle import previews
from server.lifecycle.previews import Preview
from tests.doubles.house import DANA, LIMITS, House, house
from tests.doubles.toy import ToyWorld, toy

ALL = ("slack", "github", "newsletter", "grants")
HERE = ("slack", "grants")


@dataclass
class Said:
    """A model that reads what it was told to."""

    wanted: Wanted

    async def read(self, words: Words, journal: Journal) -> Reading:
        return Reading(companies=(self.wanted,))


@pytest.fixture
def reader() -> Said:
    return Said(Wanted(name="Acme Corp", systems=ALL))


@pytest.fixture
async def home(tmp_path: Path, reader: Said) -> AsyncIterator[House]:
    systems = {name: toy(name, ToyWorld()) for name in HERE}
    async with house(tmp_path, systems, {**LIMITS, "reader": reader}) as home:
        yield replace(home, service=replace(home.service, reader=reader))


async def both(home: House) -> tuple[RunState, Preview]:
    """A run, and what its preview says."""
    run = await home.launch(None, request="Onboard Acme Corp.")
    return await home.settle(run.run_id), await previews.preview(home.service, run.request, DANA)


async def test_all_systems_are_those_that_are_here(home: House) -> None:
    run, preview = await both(home)
    assert (run.status, run.systems) == (RunStatus.AWAITING_APPROVAL, HERE)
    assert [plan.systems for plan in preview.plans] == [HERE]


async def test_a_system_that_is_not_here_is_asked_about(home: House, reader: Said) -> None:
    reader.wanted = Wanted(name="Acme Corp", systems=("github", "grants"))
    run, preview = await both(home)
    assert (run.status, run.failure) == (RunStatus.NEEDS_CLARIFICATION, None)
    assert run.reading is not None
    assert (run.reading.about, preview.plans) == (About.SYSTEMS, ())
    assert preview.question == run.reading.question
    assert run.reading.question == "There is no github here. Which of slack, grants are meant?"
    reader.wanted = Wanted(name="Acme Corp", systems=("grants",))
    await home.decide(run.run_id, "answer", text="only grants")
    assert (await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)).systems == ("grants",)


async def test_more_people_than_a_launch_may_name_are_asked_about(
    home: House, reader: Said
) -> None:
    people = tuple(Contact(email=f"p{n}@acme.example") for n in range(MAX_CONTACTS + 1))
    reader.wanted = reader.wanted.model_copy(update={"contacts": people})
    run, preview = await both(home)
    assert (run.status, run.failure) == (RunStatus.NEEDS_CLARIFICATION, None)
    assert "21 people are named for Acme Corp; 20 is the limit." in (preview.question or "")
    reader.wanted = reader.wanted.model_copy(update={"contacts": people[1:]})
    await home.decide(run.run_id, "answer", text="without p0")
    run = await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    assert len(run.company.contacts) == MAX_CONTACTS
