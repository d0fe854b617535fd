"""Ids of checkpoints sort by age, also when a clock does not."""

import time

import pytest
from langgraph.checkpoint.base import id as ids

from domain.errors import CheckpointCorrupt
from server.store.checkpoint_ids import seed_clock


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> str:
    """What a worker whose clock was right stored; this process is a new one, 60 s behind."""
    newest = str(ids.uuid6())
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 60_000_000_000)
    monkeypatch.setattr(ids, "_last_v6_timestamp", None)
    return newest


def test_new_id_sorts_above_when_the_clock_is_behind(stored: str) -> None:
    seed_clock(stored)
    made = [stored, *(str(ids.uuid6()) for _ in range(100))]
    assert made == sorted(made)


def test_new_id_sorts_below_when_it_is_not_seeded(stored: str) -> None:
    assert str(ids.uuid6()) < stored


def test_clock_keeps_going_when_an_older_id_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last_v6_timestamp", None)
    older, newer = str(ids.uuid6()), str(ids.uuid6())
    seed_clock(newer)
    seed_clock(older)
    assert str(ids.uuid6()) > newer


@pytest.mark.parametrize(
    "wrong",
    ["", "none", "6f1a9c1e-53a4-4c0e-9d38-b5d07bb1f001", "ffffffff-ffff-6fff-bfff-ffffffffffff"],
)
def test_id_is_refused_when_it_tells_no_time(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last_v6_timestamp", None)
    with pytest.raises(CheckpointCorrupt):
        seed_clock(wrong)
    assert ids._last_v6_timestamp is None
