"""The guard against leaks sees each kind of leak; here they are made on purpose."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.status import RunStatus
from tests.doubles.house import house
from tests.doubles.toy import ToyWorld, toy
from tests.integration import leaks

UNDER_TEST = "tampered.db"
"""Not the name that the guard of all tests looks for."""


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """A store with one run that has ended, and nothing wrong with it."""
    async with house(tmp_path, {"slack": toy("slack", ToyWorld())}) as home:
        run = await home.launch()
        await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
        await home.decide(run.run_id, "approve")
        await home.until(run.run_id, RunStatus.COMPLETED)
        assert await leaks.of_engine(tmp_path / "agentos.db") == []
    source, copy = sqlite3.connect(tmp_path / "agentos.db"), sqlite3.connect(tmp_path / UNDER_TEST)
    with closing(source), closing(copy):
        source.backup(copy)
    return tmp_path / UNDER_TEST


def tamper(store: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


async def test_nothing_is_found_when_nothing_leaks(store: Path) -> None:
    assert leaks.of_store(store) == []
    assert await leaks.of_engine(store) == []
    assert leaks.of_sandbox(store, {}, {}) == []


async def test_pending_task_is_found() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    assert len(leaks.of_tasks()) == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert leaks.of_tasks() == []


@pytest.mark.parametrize("column", ["owner", "wake_at"])
async def test_held_run_is_found(store: Path, column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "_LOOKS", 2)
    tamper(store, f"UPDATE runs SET {column} = '2026-01-01 00:00:00'")
    assert len(await leaks.of_engine(store)) == 1


async def test_gap_in_a_log_is_found(store: Path) -> None:
    tamper(store, "DELETE FROM run_events WHERE seq = 3")
    assert [word for word in leaks.of_store(store) if "gap" in word]


async def test_row_that_is_not_its_log_is_found(store: Path) -> None:
    tamper(store, "UPDATE runs SET state = json_set(state, '$.status', 'denied')")
    assert [word for word in leaks.of_store(store) if "fold" in word]


async def test_checkpoint_of_an_ended_run_is_found(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        (run_id,) = connection.execute("SELECT run_id FROM runs").fetchone()
    saved = store.with_name("checkpoints.db")
    values = (run_id, "", "1")
    query = "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id) VALUES (?, ?, ?)"
    tamper(saved, query, *values)
    assert len(leaks.of_store(store)) == 1
    tamper(saved, "DELETE FROM checkpoints")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("channel", {"id": "C1"}),
        ("message", {"id": "C1:1", "channel": "C1", "ts": "1"}),
        ("gift", {"id": "1"}),
    ],
)
async def test_object_without_an_entry_is_found(
    store: Path, kind: str, body: dict[str, Any]
) -> None:
    state = {"slack": {kind: [body]}}
    assert len(leaks.of_sandbox(store, {}, state)) == 1
    assert leaks.of_sandbox(store, state, state) == []


async def test_object_is_no_leak_when_an_entry_says_that_we_made_it(store: Path) -> None:
    state = {"slack": {"channel": [{"id": "C1"}]}}
    tamper(store, "UPDATE effects SET remote_id = 'C1'")
    assert leaks.of_sandbox(store, {}, state) == []
    tamper(store, "UPDATE effects SET created_by_us = 0")
    assert len(leaks.of_sandbox(store, {}, state)) == 1
