"""What each event says, in the log and on the board."""

from typing import Any

import pytest
from rich.console import Console

from agentos.cli.board import Board
from agentos.cli.events import event_line, told
from server.api.views import event_view
from tests.unit.domain.samples import EVENTS, record

SILENT = {"model_called", "planning_started", "validation_started", "reporting_started"}


def event(word: str, **data: Any) -> dict[str, Any]:
    """An event as the API shows it, with some of its data replaced."""
    found = event_view(record(word)[1]).model_dump(mode="json")
    return found | {"data": found["data"] | data}


def result(**fields: Any) -> dict[str, Any]:
    finished: dict[str, Any] = event("step_finished")
    return finished | {"data": {"result": finished["data"]["result"] | fields}}


def resource(**fields: Any) -> dict[str, Any]:
    applied: dict[str, Any] = event("change_applied")
    return event("change_applied", resource=applied["data"]["resource"] | fields)


@pytest.mark.parametrize("word", EVENTS)
def test_every_event_has_words_or_is_meant_to_be_silent(word: str) -> None:
    happened = event(word)
    assert (told(happened) is None) is (word in SILENT)
    assert (event_line(happened) is None) is (word in SILENT)
    Board().note(happened)


@pytest.mark.parametrize(
    ("happened", "text"),
    [
        (event("run_launched"), "launched for Acme Corp"),
        (event("request_read"), "has a question"),
        (event("clarification_requested"), "waits for an answer"),
        (event("model_gave_way"), "rules do the work of the planner: ThrottlingException"),
        (event("plan_proposed"), "planned 1 changes"),
        (event("approve"), "Robin decided: approve"),
        (event("step_started"), "started"),
        (event("step_started", attempt=2), "started, attempt 2"),
        (resource(label="#welcome"), "+ channel #welcome"),
        (resource(kind="message", label="welcome message"), "+ welcome message"),
        (resource(created_by_us=False, label=""), "= channel C1, which was there"),
        (result(), "done, now to be read back"),
        (result(verified=True), "read back, as planned"),
        (result(status="fail", hint="Ask."), "fail. channel=#welcome Ask."),
        (result(status="pending", verified=True), "pending. channel=#welcome"),
        (event("retry_scheduled"), "again in 0.5 s"),
        (event("escalation_requested"), "needs a person"),
        (event("step_undone"), "undone 1, left 1"),
        (event("run_cancelled"), "cancelled"),
        (event("pause_requested"), "pause requested"),
    ],
)
def test_an_event_in_words(happened: dict[str, Any], text: str) -> None:
    said = told(happened)
    assert said
    assert said.text == text


def rows(board: Board, width: int = 60) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as shown:
        console.print(board)
    return [line.rstrip() for line in shown.get().splitlines()]


def test_the_board_appears_with_the_first_step_and_counts_what_is_done() -> None:
    board = Board()
    board.note(event("plan_proposed"))
    board.note(event("approval_requested"))
    assert rows(board) == []
    board.note(event("step_started"))
    (line,) = rows(board)
    assert line.endswith("0 of 1  started")
    for _ in range(2):  # a change that is told again after a restart is one change
        board.note(resource(label="#welcome"))
    (line,) = rows(board)
    assert line.endswith("1 of 1  + channel #welcome")


def test_only_the_last_word_of_the_board_gives_way_on_a_narrow_terminal() -> None:
    board = Board()
    board.note(event("plan_proposed"))
    board.note(resource(label="#welcome-" + "a" * 100))
    (line,) = rows(board, 44)
    assert len(line) <= 44
    assert line.startswith("slack  ")
    assert "  1 of 1  + channel" in line
    assert line.endswith("…")
