"""Errors as a person and a program get them, and the codes that go with them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer

from agentos.cli import context
from agentos.cli.client import Refusal, Unreachable
from agentos.cli.context import command
from agentos.cli.exits import Exit
from domain.errors import AgentOSError, BadSetting

ERRORS: list[tuple[AgentOSError, Exit]] = [
    (BadSetting("SANDBOX is wrong.", advice="Give SANDBOX=1."), Exit.WRONG_USE),
    (Unreachable("Nobody is there."), Exit.UNREACHABLE),
    (AgentOSError("Something broke."), Exit.FAILED),
    *(
        (Refusal(status, {"detail": "No.", "advice": "Ask.", "code": "refused"}), code)
        for status, code in {
            400: Exit.WRONG_USE,
            401: Exit.NOT_ALLOWED,
            403: Exit.NOT_ALLOWED,
            404: Exit.WRONG_USE,
            409: Exit.FAILED,
            422: Exit.WRONG_USE,
            503: Exit.FAILED,
        }.items()
    ),
]


def raising(error: BaseException) -> Callable[..., Any]:
    @command
    def broken(as_json: bool = False) -> None:
        raise error

    return broken


def code_of(call: Callable[..., Any], **options: bool) -> int:
    with pytest.raises(typer.Exit) as ended:
        call(**options)
    return ended.value.exit_code


@pytest.mark.parametrize(("error", "code"), ERRORS)
def test_a_person_gets_one_sentence_one_advice_and_the_code(
    capsys: pytest.CaptureFixture[str], error: AgentOSError, code: Exit
) -> None:
    assert code_of(raising(error)) == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{error.message} {error.advice} ({error.code})\n")


@pytest.mark.parametrize(("error", "code"), ERRORS)
def test_a_program_gets_one_object_and_nothing_else(
    capsys: pytest.CaptureFixture[str], error: AgentOSError, code: Exit
) -> None:
    assert code_of(raising(error), as_json=True) == code
    said = capsys.readouterr()
    told = {"code": error.code, "message": error.message, "advice": error.advice}
    assert (json.loads(said.out), said.err) == ({"error": told}, "")


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), typer.Abort()], ids=repr)
def test_an_interrupted_command_says_nothing(
    capsys: pytest.CaptureFixture[str], interrupt: BaseException
) -> None:
    assert code_of(raising(interrupt)) == Exit.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(context.debug, "on", True)
    with pytest.raises(BadSetting):
        raising(ERRORS[0][0])()


def test_a_defect_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())()


def test_a_hostile_server_cannot_move_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"detail": "\x1b[2J\u202e[red]No[/]", "advice": ":boom:\x07", "code": "\x1b]0;x"}
    code_of(raising(Refusal(409, problem)))
    said = capsys.readouterr().err
    assert said == "‹U+001B›[2J‹U+202E›[red]No[/] :boom:‹U+0007› (‹U+001B›]0;x)\n"
