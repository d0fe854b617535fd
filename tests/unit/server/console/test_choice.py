"""What came of each of many runs, in words."""

import pytest

from domain import errors
from server.console.choice import CONSEQUENCE, MOVES, Told, summary, told
from server.console.words import Label, Tone
from server.lifecycle.bulk import MOST, Outcome, within


def named(word: str, tone: Tone = Tone.QUIET) -> Told:
    return Told("run_1", None, Label(word, tone), "")


def test_what_was_done_is_told_first() -> None:
    done, ended = named("cancelled", Tone.GOOD), named("had already ended")
    assert summary([ended, done, done, named("not found"), done]) == (
        "3 cancelled, 1 had already ended, 1 not found"
    )
    assert summary([done]) == "1 cancelled"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (errors.NotFound("x"), "not found"),
        (errors.NotAllowed("x"), "not allowed"),
        (errors.VersionMismatch("x"), "changed meanwhile"),
        (errors.IllegalMove("x"), "left as it is"),
        (errors.StoreUnavailable("x"), "not reached"),
    ],
)
def test_every_refusal_has_its_word_and_says_why(error: errors.AgentOSError, word: str) -> None:
    found = told("retry", Outcome("run_1", error=error), None)
    assert found.label.word == word and found.label.tone is not Tone.GOOD
    assert found.why.startswith("x ")


def test_what_can_be_asked_for_has_words() -> None:
    assert CONSEQUENCE.keys() <= MOVES.keys()


def test_each_run_is_meant_once_up_to_the_limit() -> None:
    ids = [f"run_{number:022d}" for number in range(MOST + 1)]
    assert within([ids[1], ids[0], ids[1]]) == (ids[1], ids[0])
    assert len(within(ids[:MOST])) == MOST
    for wrong in (ids, [], ["run_x"], [ids[0] + "\n"], ["run_\x00" + "0" * 21]):
        with pytest.raises(errors.Invalid):
            within(wrong)
