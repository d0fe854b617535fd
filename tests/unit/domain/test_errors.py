"""The tree of errors: each says what to do next."""

import inspect
import re

import pytest

from domain import errors
from domain.codes import CODE_FACTS, Effect, ErrorCode
from domain.errors import (
    AgentOSError,
    AlreadyDecided,
    Invalid,
    NeedsPerson,
    RequestError,
    StalePlan,
    SystemFault,
)

CLASSES: dict[str, type[AgentOSError]] = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AgentOSError) and kind.__module__ == errors.__name__
}


def _drawn() -> dict[str, str]:
    """Each name of the drawing with the name it hangs on."""
    parents: dict[str, str] = {}
    branch: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z][A-Za-z]+)(?:\s{2,}|$)", line)
        if not found:
            continue
        depth, name = len(found[1]), found[2]
        branch = [(at, above) for at, above in branch if at < depth]
        parents[name] = branch[-1][1] if branch else "Exception"
        branch.append((depth, name))
    return parents


def test_tree_is_drawn_when_the_drawing_is_read() -> None:
    drawn = _drawn()
    assert drawn["AgentOSError"] == "Exception"
    assert drawn["StalePlan"] == "IllegalMove"


def test_classes_are_as_drawn_when_compared_with_the_docstring() -> None:
    assert {name: kind.__bases__[0].__name__ for name, kind in CLASSES.items()} == _drawn()


def test_drawing_is_aligned_with_its_own_branches_when_read() -> None:
    rows = [line for line in (errors.__doc__ or "").splitlines() if "── " in line]
    assert len(rows) == len(CLASSES) - 1
    assert all(len(re.match(r"[│├└─ ]*", row)[0]) % 4 == 0 for row in rows)  # type: ignore[index]


@pytest.mark.parametrize("kind", CLASSES.values(), ids=CLASSES.keys())
def test_error_says_what_it_is_when_its_docstring_is_read(kind: type[AgentOSError]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != kind.__bases__[0].__doc__
    assert kind.advice


def test_codes_are_distinct_when_a_caller_switches_on_them() -> None:
    own = [kind.code for kind in CLASSES.values() if "code" in vars(kind)]
    assert len(own) == len(set(own))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in own)


@pytest.mark.parametrize(
    "name", [n for n, kind in CLASSES.items() if issubclass(kind, RequestError)]
)
def test_request_error_has_its_own_code_when_it_reaches_a_caller(name: str) -> None:
    if name != "RequestError":
        assert "code" in vars(CLASSES[name])


def test_advice_is_that_of_the_type_when_none_is_given() -> None:
    assert errors.NotFound("There is no run.").advice == errors.NotFound.advice
    assert errors.NotFound("There is no run.", advice="Look again.").advice == "Look again."
    assert errors.NotFound.advice != "Look again."
    assert str(errors.NotFound("There is no run.")) == "There is no run."


def test_invalid_names_its_field_when_it_is_known() -> None:
    assert Invalid("Wrong.", field="slug").field == "slug"
    assert Invalid("Wrong.").field == ""


def test_invalid_is_no_value_error_when_a_validator_raises_it() -> None:
    assert not issubclass(Invalid, (ValueError, AssertionError))


def test_conflicts_carry_what_won_when_a_decision_comes_late() -> None:
    winner: dict[str, str | None] = {"decision": "deny", "responder": "Robin"}
    assert AlreadyDecided("Too late.", winner=winner).winner == winner
    assert StalePlan("Another plan.", current_digest="abc").current_digest == "abc"


def test_every_code_has_facts_when_a_fault_is_made_of_it() -> None:
    assert set(CODE_FACTS) == set(ErrorCode)
    assert all(code.name == code.value for code in ErrorCode)


@pytest.mark.parametrize("code", ErrorCode)
def test_fault_takes_its_facts_from_the_code_when_told_nothing_else(code: ErrorCode) -> None:
    fault = SystemFault(code, "It failed.")
    facts = CODE_FACTS[code]
    assert (fault.error_code, fault.code) == (code, code.value)
    assert (fault.retryable, fault.effect, fault.advice) == facts
    assert fault.after_seconds is None


def test_fault_is_what_the_caller_knows_when_told_so() -> None:
    fault = SystemFault(
        ErrorCode.UNAVAILABLE,
        "It failed.",
        effect=Effect.NONE,
        retryable=False,
        after_seconds=0.0,
    )
    assert (fault.effect, fault.retryable, fault.after_seconds) == (Effect.NONE, False, 0.0)


def test_instructions_are_the_advice_when_a_person_is_needed() -> None:
    fault = NeedsPerson(ErrorCode.PERMISSION, "No scope.", instructions="Add channels:manage.")
    assert fault.advice == "Add channels:manage."


@pytest.mark.parametrize("code", ["TIMEOUT", "UNKNOWN", "INTERNAL", "UNAVAILABLE"])
def test_effect_is_unknown_when_no_clear_answer_came(code: str) -> None:
    assert CODE_FACTS[ErrorCode(code)].effect is Effect.UNKNOWN


@pytest.mark.parametrize(
    "code", ["AUTH", "PERMISSION", "CONFLICT", "INVALID_INPUT", "NOT_FOUND", "CONSENT", "UNKNOWN"]
)
def test_nothing_is_tried_again_when_only_a_person_can_help(code: str) -> None:
    assert not CODE_FACTS[ErrorCode(code)].retryable
