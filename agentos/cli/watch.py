"""Following a run while it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.live import Live

from agentos.cli.board import Board
from agentos.cli.client import Client
from agentos.cli.events import event_line
from agentos.cli.output import out, safe, say, show, show_json
from agentos.cli.pictures import made, plan_lines, report_lines, terms_lines

Json = dict[str, Any]
_PARKED = (
    "approval_requested", "clarification_requested", "escalation_requested", "run_paused",
)  # fmt: skip


def follow(client: Client, run_id: str, *, as_json: bool, after: int = 0) -> Json:
    """Print events until the run is parked or ended, then return it."""
    if as_json:
        for event in _until_parked(client, run_id, after):
            show_json(event)
    else:
        _draw(client, run_id, after)
    return client.run(run_id)


@contextmanager
def leavable(run_id: str) -> Iterator[None]:
    """Say at an interrupt that the run goes on, and how to come back."""
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        say(f"\nThe run goes on. Come back with:\n  agentos run watch {run_id}")
        raise


def _draw(client: Client, run_id: str, after: int) -> None:
    """The log, and below it the board where there is a terminal to move in."""
    console, board = out(), Board()
    if after:
        board.plan(client.run(run_id)["plan"])
    with Live(board, console=console, transient=True, auto_refresh=False):
        for event in _until_parked(client, run_id, after):
            board.note(event)
            if line := event_line(event):
                console.print(line)


def settled(client: Client, run: Json) -> Json:
    """The run once what it was told has led it to its end or to a new question."""
    for _ in _until_parked(client, run["run_id"], run["version"]):
        pass
    return client.run(run["run_id"])


def _until_parked(client: Client, run_id: str, after: int) -> Iterator[Json]:
    for event in client.events(run_id, after):
        yield event
        if event["type"] in _PARKED and client.run(run_id)["version"] == event["seq"]:
            return


def conclude(run: Json, *, as_json: bool) -> None:
    """Show where the run stands, and what can be done next."""
    if as_json:
        return
    run_id = run["run_id"]
    if run["status"] == "awaiting_approval":
        show(*plan_lines(run["plan"]))
        say("Nothing is made before somebody decides:")
        say(f"  agentos approve {run_id}\n  agentos deny {run_id} --reason WHY")
        for line in terms_lines(run):
            say(line)
        return
    if run["status"] == "needs_clarification":
        show(safe(run["open_request"]["description"]))
        say(f"Answer with:\n  agentos answer {run_id} TEXT")
        return
    show(*made(run))
    if run["report"]:
        show(*report_lines(run["report"]))
    if run["status"] == "escalated":
        say(f"{', '.join(run['open_request']['systems'])} cannot go on without you:")
        say(f"  agentos run retry {run_id} SYSTEM\n  agentos run skip {run_id} SYSTEM --reason WHY")
        say(f"  agentos run undo {run_id}")
    if run["status"] == "paused":
        say(f"Go on with:\n  agentos run resume {run_id}")
    if run["failure"]:
        say(run["failure"]["message"])
