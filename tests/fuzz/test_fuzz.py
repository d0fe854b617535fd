"""The API against its own description, with every check of schemathesis and a seed that stays."""

import pytest

from tests.fuzz.fuzz import PROGRAM, fuzz, served

QUICK = ("--phases", "examples,fuzzing,stateful", "--max-examples", "3", "--seed", "20261125")
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="`make fuzzer` installs schemathesis")


def test_every_answer_is_as_described() -> None:
    with served() as address:
        done = fuzz(address, *QUICK)
    assert done.returncode == 0, done.stdout
    assert "Tested: " in done.stdout


def test_answer_is_noticed_when_it_is_not_described() -> None:
    one = ("--include-operation-id", "get_context", "--phases", "fuzzing", "--max-examples", "1")
    with served("--idle", "--wrong") as address:
        done = fuzz(address, *one)
    assert done.returncode == 1, done.stdout
    assert "404" in done.stdout
