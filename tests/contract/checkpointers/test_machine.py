"""A whole graph over the saver: every write of it is fenced, and no clock loses it."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import id as ids
from langgraph.types import Command

from domain.errors import LeaseLost
from server.store.checkpoint_ids import seed_clock
from server.store.flushes import Flushes
from server.store.group_saver import FENCE, GroupSaver
from server.store.saves import Save
from tests.contract.checkpointers.machine import Machine, machine

Durability = Any
END = {"names": ["a", "b", "c"], "answer": "yes: A,B,C", "results": ["A", "B", "C"]}


def config(run: str, fence: int) -> RunnableConfig:
    return {"configurable": {"thread_id": run, FENCE: fence}}


@pytest.fixture(autouse=True)
def claimed(database: psycopg.Connection) -> None:
    database.execute("INSERT INTO runs SELECT 'run-' || n, 1 FROM generate_series(0, 9) AS n")


@pytest.mark.parametrize("durability", ["exit", "sync", "async"])
async def test_runs_end_when_many_share_the_saver(
    saver: GroupSaver, durability: Durability
) -> None:
    done: list[str] = []
    onboarding = machine(saver, done)

    async def run(name: str) -> Any:
        own = config(name, 1)
        asked = await onboarding.ainvoke({}, own, durability=durability, version="v2")
        assert [question.value for question in asked.interrupts] == [{"names": ["a", "b", "c"]}]
        return await onboarding.ainvoke(Command(resume="yes"), own, durability=durability)

    answers = await asyncio.gather(*(run(f"run-{n}") for n in range(10)))
    assert answers == [END] * 10
    assert len(done) == 30
    for n in range(10):
        snapshot = await onboarding.aget_state(config(f"run-{n}", 1))
        assert (snapshot.values, snapshot.tasks) == (END, ())
        assert snapshot.metadata
        assert not any(key.startswith("__") for key in snapshot.metadata)


async def test_every_save_names_the_token_when_the_graph_was_given_one(
    saver: GroupSaver, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves: list[Save] = []
    store = Flushes.add

    async def add(flushes: Flushes, save: Save) -> None:
        saves.append(save)
        await store(flushes, save)

    monkeypatch.setattr(Flushes, "add", add)
    onboarding = machine(saver, [])
    await onboarding.ainvoke({}, config("run-1", 1), durability="sync")
    await onboarding.ainvoke(Command(resume="yes"), config("run-1", 1), durability="sync")
    await onboarding.aupdate_state(
        config("run-1", 1), Command(goto="report", update={"answer": "again"}), as_node="planner"
    )
    await onboarding.ainvoke(None, config("run-1", 1), durability="exit")
    assert len(saves) > 15
    assert {save.fence for save in saves} == {1}


async def test_zombie_is_stopped_when_the_run_was_claimed_meanwhile(
    saver: GroupSaver, database: psycopg.Connection
) -> None:
    done: list[str] = []
    onboarding = machine(saver, done)
    await onboarding.ainvoke({}, config("run-1", 1), durability="sync")
    database.execute("UPDATE runs SET fence = 2 WHERE run_id = 'run-1'")
    with pytest.raises(LeaseLost):
        await onboarding.ainvoke(Command(resume="no"), config("run-1", 1), durability="sync")
    with pytest.raises(LeaseLost):
        await onboarding.aupdate_state(config("run-1", 1), {"answer": "no"}, as_node="planner")
    answer = await onboarding.ainvoke(Command(resume="yes"), config("run-1", 2), durability="sync")
    assert answer == END


def next_life(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """From now on ids are made as in a new process whose clock is off by so much."""
    real = time.time_ns
    monkeypatch.setattr(ids, "_last_v6_timestamp", None)
    monkeypatch.setattr(time, "time_ns", lambda: real() + int(seconds * 1e9))


async def resume_by(onboarding: Machine, keep_time: Callable[[str], None]) -> Any:
    """What a worker does: look where the run stands, then go on from there."""
    own = config("run-1", 1)
    snapshot = await onboarding.aget_state(own)
    keep_time(snapshot.config["configurable"]["checkpoint_id"])
    given: Command[Any] | None = Command(resume="yes") if snapshot.interrupts else None
    return await onboarding.ainvoke(given, own, durability="sync")


@pytest.mark.parametrize("seconds", [-60, -2 * 24 * 3600, 60])
async def test_effects_happen_once_when_the_clock_of_the_next_worker_is_off(
    saver: GroupSaver, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    done: list[str] = []
    onboarding = machine(saver, done)
    await onboarding.ainvoke({}, config("run-1", 1), durability="sync")
    next_life(monkeypatch, seconds)
    assert await resume_by(onboarding, seed_clock) == END
    assert (await onboarding.aget_state(config("run-1", 1))).tasks == ()
    await resume_by(onboarding, seed_clock)
    assert len(done) == 3


async def test_effects_happen_twice_when_ids_are_not_seeded(
    saver: GroupSaver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the run still reads as if it had just been answered, so all is done again."""
    done: list[str] = []
    onboarding = machine(saver, done)
    await onboarding.ainvoke({}, config("run-1", 1), durability="sync")
    next_life(monkeypatch, -60)
    await resume_by(onboarding, lambda checkpoint_id: None)
    assert (await onboarding.aget_state(config("run-1", 1))).tasks
    await resume_by(onboarding, lambda checkpoint_id: None)
    assert len(done) == 6
