"""What doctor says of a Postgres, for better and for worse."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agentos.cli import postgres_checks as checks
from domain.errors import BadSetting
from server.store.examination import Examination
from server.store.stats import Stats

WELL = Stats(
    executing=2, due=3, oldest_due_seconds=1.0, later=1, failing=0, foreign=0, workers=2, jobs=4
)
FACTS = Examination(skew_seconds=0.004, connections=10, most_connections=97, stats=WELL)
Check = Callable[[Examination], str]
ALL: tuple[Check, ...] = (
    checks._connections,
    checks._clock,
    checks._workers,
    checks._runs,
)


@pytest.mark.parametrize("check", ALL)
def test_nothing_is_complained_of_when_all_is_well(check: Check) -> None:
    assert check(FACTS)


@pytest.mark.parametrize(
    ("check", "facts", "said"),
    [
        (checks._connections, replace(FACTS, connections=90), "90 of 97"),
        (checks._clock, replace(FACTS, skew_seconds=-60.0), "60.0 s behind"),
        (checks._clock, replace(FACTS, skew_seconds=2.5), "2.5 s ahead of"),
        (checks._workers, replace(FACTS, stats=replace(WELL, workers=0)), "nobody executes"),
        (checks._workers, replace(FACTS, stats=replace(WELL, oldest_due_seconds=90)), "90 s"),
        (checks._runs, replace(FACTS, stats=replace(WELL, foreign=1)), "1 runs were begun"),
        (checks._runs, replace(FACTS, stats=replace(WELL, failing=2)), "2 runs ended"),
    ],
)
def test_a_problem_comes_with_its_cure(check: Check, facts: Examination, said: str) -> None:
    with pytest.raises(BadSetting) as told:
        check(facts)
    assert said in told.value.message
    assert told.value.advice


def test_tables_of_another_version_are_a_problem() -> None:
    assert checks._tables({"present": "0002", "wanted": "0002"})
    with pytest.raises(BadSetting, match="none, not 0002"):
        checks._tables({"present": None, "wanted": "0002"})
