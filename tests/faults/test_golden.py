"""Runs that earlier releases left parked are ended by this one, or fail in plain words."""

import json
from pathlib import Path
from typing import Any, TypedDict

import pytest

import graph.build as machine
from domain.decisions import DecisionKind
from domain.runs import RunState
from domain.status import RunStatus
from graph.build import GRAPH_VERSION
from nodes.approval import approval
from nodes.escalation import escalation
from nodes.planner import planner
from nodes.reporter import reporter
from nodes.rollback import rollback
from nodes.validator import validator
from server.lifecycle import pauses
from server.worker import execute
from tests.doubles.house import DANA, House, house
from tests.doubles.toy import ToyWorld
from tests.faults.golden import FOLDER, PARKED, path, restore, systems

VERSIONS = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
AT = {"approval": "approval", "escalation": "escalation", "pause": "validator"}
"""The node that such a run goes on with."""


class Kept:
    """A dump, and the world as it was then."""

    def __init__(self, version: str, where: str, address: str | None) -> None:
        found: dict[str, Any] = json.loads(path(version, where, address).read_text())
        self.run_id: str = found["run_id"]
        self.dump = found["dump"]
        self.worlds = {
            name: ToyWorld(objects=[(made, mark) for made, mark in objects])
            for name, objects in found["objects"].items()
        }

    @property
    def counts(self) -> list[int]:
        """How many objects each system holds."""
        return [len(world.objects) for world in self.worlds.values()]


async def _go_on(home: House, kept: Kept, where: str) -> RunState:
    """Answer what the run is parked at."""
    if where == "approval":
        await home.decide(kept.run_id, "approve")
    elif where == "escalation":
        await home.decide(kept.run_id, DecisionKind.RETRY, systems=("github",))
    else:
        await pauses.resume(home.service, kept.run_id, DANA)
    return await home.settle(kept.run_id)


def test_there_is_a_dump_of_this_version() -> None:
    assert GRAPH_VERSION in VERSIONS


@pytest.mark.parametrize("where", PARKED)
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_run_of_an_earlier_release_is_ended(
    tmp_path: Path, address: str | None, version: str, where: str
) -> None:
    kept = Kept(version, where, address)
    restore(tmp_path, address, kept.dump)
    async with house(tmp_path, systems(kept.worlds), address=address) as home:
        run = await _go_on(home, kept, where)
    assert run.status is RunStatus.COMPLETED, run.failure
    assert kept.counts == [2, 2, 2]


@pytest.mark.parametrize("where", PARKED)
async def test_a_run_fails_in_plain_words_when_its_node_has_another_name(
    tmp_path: Path, address: str | None, where: str
) -> None:
    """The library itself would say nothing: it finds nothing to do."""
    kept = Kept(GRAPH_VERSION, where, address)
    restore(tmp_path, address, _renamed(kept.dump, AT[where]))
    before = kept.counts
    async with house(tmp_path, systems(kept.worlds), address=address) as home:
        run = await _go_on(home, kept, where)
    assert run.status is RunStatus.FAILED
    assert run.failure is not None
    assert run.failure.code == "no_progress"
    assert kept.counts == before


def _renamed(dump: Any, node: str) -> Any:
    """As if the node had another name then, as long as this one, in the text and in the blobs."""
    other = f"{node[:-1]}_"
    parts = dump.get("rows", dump)
    for part in (part for part in parts if part.startswith("checkpoint")):
        text = json.dumps(parts[part])
        for word, new in ((node, other), (node.encode().hex(), other.encode().hex())):
            text = text.replace(word, new).replace(word.upper(), new.upper())
        parts[part] = json.loads(text)
    return dump


class Smaller(TypedDict):
    """The state without the plan."""

    run_id: str
    systems: list[str]
    rounds: int


async def test_a_run_fails_in_plain_words_when_a_key_of_its_state_is_gone(
    tmp_path: Path, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for node in (planner, approval, validator, escalation, rollback, reporter):
        monkeypatch.setitem(node.__annotations__, "state", Smaller)
    monkeypatch.setattr(machine, "OnboardingState", Smaller)
    monkeypatch.setattr(machine, "_compiled", machine._compiled.__wrapped__)
    monkeypatch.setattr(execute, "MAX_FAILURES", 1)
    kept = Kept(GRAPH_VERSION, "approval", address)
    restore(tmp_path, address, kept.dump)
    async with house(tmp_path, systems(kept.worlds), address=address) as home:
        run = await _go_on(home, kept, "approval")
    assert run.status is RunStatus.FAILED
    assert run.failure is not None
    assert run.failure.code == "poisoned"
    assert kept.counts == [0, 0, 0]
