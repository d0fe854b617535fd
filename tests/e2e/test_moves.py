"""Runs that need a person: escalated, skipped, paused, cancelled, and their exit codes."""

import json
import signal
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest

from tests.e2e.conftest import Cli
from tests.e2e.running import AGENTOS, Running
from tests.e2e.terminal import on_terminal, seen

pytestmark = pytest.mark.e2e


@pytest.fixture
def broken_brevo(server: Running) -> Iterator[None]:
    """Brevo refuses its key for as long as the test does not heal it."""
    server.sandbox.fault(kind="auth_revoked", system="brevo", times=0, method="POST")
    yield
    server.sandbox.heal()


def escalated(cli: Cli, name: str) -> str:
    """The id of a run whose newsletter has failed for good."""
    result = cli("launch", name, "--yes", "--json")
    assert result.exit_code == 3, result.output
    run: dict[str, str] = json.loads(cli("runs", "--company", name, "--json").stdout)["items"][0]
    assert run["status"] == "escalated"
    return run["run_id"]


@pytest.mark.usefixtures("broken_brevo")
def test_an_escalated_run_says_what_failed_and_what_can_be_done(cli: Cli) -> None:
    shown = cli("run", "show", escalated(cli, "Stuck Corp"))
    assert shown.exit_code == 3
    assert "newsletter fail" in shown.stdout
    for move in ("run retry", "run skip", "run undo"):
        assert f"agentos {move} run_" in shown.stderr


@pytest.mark.usefixtures("broken_brevo")
def test_a_run_that_goes_on_without_a_system_is_incomplete(cli: Cli) -> None:
    run_id = escalated(cli, "Partial Corp")
    assert cli("run", "skip", run_id, "newsletter").exit_code == 2  # a reason is required
    result = cli("run", "skip", run_id, "newsletter", "--reason", "They have their own.")
    assert result.exit_code == 0
    watched = cli("run", "watch", run_id)
    assert watched.exit_code == 5
    assert "Partial Corp is onboarded into 3 of 4 systems. Missing: newsletter." in watched.stdout


@pytest.mark.usefixtures("broken_brevo")
def test_a_retry_after_the_cure_completes_the_run(cli: Cli, server: Running) -> None:
    run_id = escalated(cli, "Cured Corp")
    server.sandbox.heal()
    assert json.loads(cli("run", "retry", run_id, "newsletter", "--json").stdout)
    assert cli("run", "watch", run_id).exit_code == 0


@pytest.mark.usefixtures("broken_brevo")
def test_a_cancel_with_rollback_undoes_what_was_made(cli: Cli) -> None:
    run_id = escalated(cli, "Undone Corp")
    result = cli("run", "cancel", run_id, "--rollback", "--reason", "Changed our minds.")
    assert (result.exit_code, result.stdout) == (0, f"{run_id} is rolled_back.\n")
    shown = cli("run", "show", run_id)
    assert shown.exit_code == 4
    assert "The onboarding of Undone Corp was rolled back" in shown.stdout


@pytest.mark.usefixtures("broken_brevo")
def test_undoing_asks_first_and_takes_back_what_was_made(cli: Cli, server: Running) -> None:
    run_id = escalated(cli, "Mistake Corp")
    made = server.sandbox.state()
    assert cli("run", "undo", run_id).exit_code == 2  # nobody is there to say so
    ended, written = on_terminal([*AGENTOS, "run", "undo", run_id], 100, "n\n")
    assert ended == 130 and "Undo what" in written
    assert server.sandbox.state() == made
    ended, written = on_terminal([*AGENTOS, "run", "undo", run_id], 100, "y\n")
    assert ended == 0, seen(written)
    assert f"{run_id} is rolled_back." in written
    assert "The onboarding of Mistake Corp was rolled back" in written
    assert server.sandbox.state() != made
    again = cli("run", "undo", run_id, "--json")
    assert (again.exit_code, json.loads(again.stdout)["status"]) == (0, "rolled_back")


def test_what_has_not_begun_is_only_ended(cli: Cli, server: Running) -> None:
    run_id = server.parked("Early Corp")["run_id"]
    undone = cli("run", "undo", run_id, "--yes", "--reason", "Too early.")
    assert (undone.exit_code, undone.stdout) == (0, f"{run_id} is cancelled.\n")


def test_a_run_that_has_ended_is_not_undone(cli: Cli) -> None:
    run: dict[str, str] = {}
    assert cli("launch", "Kept Corp", "--yes").exit_code == 0
    (run,) = json.loads(cli("runs", "--company", "Kept Corp", "--json").stdout)["items"]
    refused = cli("run", "undo", run["run_id"])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "its report lists what it made, with links. (illegal_move)" in refused.stderr


def test_a_paused_run_says_how_to_go_on(cli: Cli, server: Running) -> None:
    run = server.parked("Paused Corp")
    assert cli("run", "pause", run["run_id"]).exit_code == 0
    shown = cli("run", "show", run["run_id"])
    assert shown.exit_code == 3
    assert f"agentos run resume {run['run_id']}" in shown.stderr
    resumed = json.loads(cli("run", "resume", run["run_id"], "--json").stdout)
    assert resumed["status"] == "awaiting_approval"
    assert cli("run", "cancel", run["run_id"]).stdout == f"{run['run_id']} is cancelled.\n"


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize(
    ("typed", "code", "status"),
    [
        ("approve\n", 0, "completed"),
        ("deny\nNot now.\n", 4, "denied"),
        ("\n", 3, "awaiting_approval"),
    ],
    ids=["approve", "deny", "later"],
)
def test_at_a_terminal_the_plan_can_be_answered_in_place(
    server: Running, typed: str, code: int, status: str
) -> None:
    name = f"Terminal {status}"
    ended, written = on_terminal([*AGENTOS, "launch", name, "--watch"], 100, typed)
    assert ended == code, seen(written)
    (run,) = server.call("GET", "/api/v1/runs", company=name)["items"]
    assert run["status"] == status


@pytest.mark.usefixtures("cli")
def test_leaving_a_watched_run_lets_it_go_on(server: Running) -> None:
    run = server.parked("Left Corp")
    server.sandbox.fault(kind="slow", system="grants", seconds=6)
    server.approve(run)
    command = [*AGENTOS, "run", "watch", run["run_id"]]
    pipe = subprocess.PIPE
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # in the background it is ignored
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, preexec_fn=heed
    ) as watching:
        assert watching.stdout
        assert any("grants      started" in line for line in watching.stdout)
        watching.send_signal(signal.SIGINT)
        _, told = watching.communicate(timeout=20)
    assert watching.returncode == 130
    assert f"Come back with:\n  agentos run watch {run['run_id']}\n" in told
    server.until(run["run_id"], "completed")
