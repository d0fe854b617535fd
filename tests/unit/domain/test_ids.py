"""Identifiers that sort by time."""

import re
import time
from itertools import pairwise

import pytest

from domain.ids import new_id


def test_id_has_its_prefix_and_22_characters_when_made() -> None:
    assert re.fullmatch(r"run_[0-9a-hjkmnp-tv-z]{22}", new_id("run"))


def test_ids_differ_when_many_are_made_at_once() -> None:
    assert len({new_id("run") for _ in range(10_000)}) == 10_000


def test_ids_sort_by_time_when_milliseconds_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [0, 31, 32, 1_023, 1_024, 1_700_000_000_000, 1_700_000_000_001, 2**45 - 1]
    made = []
    for milliseconds in moments:
        monkeypatch.setattr(time, "time_ns", lambda now=milliseconds: now * 1_000_000)
        made.append(new_id("run"))
    assert all(earlier < later for earlier, later in pairwise(made))


def test_id_tells_its_millisecond_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_123_999_999)
    digits = new_id("run").removeprefix("run_")[:9]
    value = 0
    for digit in digits:
        value = value * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    assert value == 1_700_000_000_123
