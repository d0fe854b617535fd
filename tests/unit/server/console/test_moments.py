"""Points in time and durations in words."""

from datetime import UTC, datetime, timedelta

import pytest

from server.console.moments import ago, exact, took

NOW = datetime(2026, 11, 23, 9, 41, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"), (-4, "just now"), (42, "42 s ago"), (-42, "in 42 s"), (180, "3 min ago"),
        (7_300, "2 h ago"), (200_000, "2 d ago"), (800_000, "14 Nov 2026"),
    ],
)  # fmt: skip
def test_ages(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 ms"), (0.04, "40 ms"), (1.84, "1.8 s"), (42, "42 s"), (135, "2 min 15 s"),
        (3_600, "1 h"), (90_061, "1 d 1 h"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert took(timedelta(seconds=seconds)) == words


def test_the_exact_time_is_in_utc() -> None:
    assert exact(NOW) == "23 Nov 2026, 09:41:07 UTC"
