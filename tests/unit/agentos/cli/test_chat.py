"""Talking by lines: what one of them is refused does not end the talk."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from agentos.cli import chat
from agentos.cli.client import Refusal
from agentos.cli.exits import Exit

PROPOSAL = {"digest": "d1", "actions": [{"words": "Launch Acme."}]}
OVER = {"detail": "The time to confirm this was over.", "advice": "Say it again.", "code": "late"}


class Server:
    """Proposes whatever is said; a yes to it is refused with this status."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.heard: list[tuple[str, str | None]] = []

    def say(
        self, thread: str, text: str, shown: str | None
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        self.heard.append((text, shown))
        if text == "yes":
            raise Refusal(self.status, OVER)
        yield "proposal", PROPOSAL
        yield "done", {"text": "I propose it."}


def talk(patch: pytest.MonkeyPatch, server: Server, *lines: str, **given: Any) -> int:
    """The exit code of a talk."""
    patch.setattr(chat, "client", lambda: server)
    patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    options = {"message": None, "thread": None, "shown": None, "as_json": False} | given
    with pytest.raises(typer.Exit) as ended:
        chat.chat(**options)
    return ended.value.exit_code


def test_a_yes_that_comes_too_late_is_told_and_the_talk_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Server(409)
    code = talk(monkeypatch, server, "onboard Acme", "yes", "onboard Acme")
    assert server.heard == [("onboard Acme", None), ("yes", "d1"), ("onboard Acme", None)]
    assert "The time to confirm this was over. Say it again." in capsys.readouterr().err
    assert code == Exit.FAILED


def test_a_program_is_told_so_as_a_part_of_its_turn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(monkeypatch, Server(409), "yes", as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "type": "error",
        "code": "late",
        "message": "The time to confirm this was over.",
        "advice": "Say it again.",
    }


@pytest.mark.parametrize(
    ("status", "given", "code"),
    [(401, {}, Exit.NOT_ALLOWED), (409, {"message": "yes"}, Exit.FAILED)],
    ids=["no right", "one message"],
)
def test_what_no_further_line_can_mend_ends_it(
    monkeypatch: pytest.MonkeyPatch, status: int, given: dict[str, str], code: Exit
) -> None:
    server = Server(status)
    assert talk(monkeypatch, server, "yes", "onboard Acme", **given) == code
    assert len(server.heard) == 1
