"""Each command against a running server: what it prints, for people and programs, and its code."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Cli
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e


def launched(cli: Cli, name: str, *options: str) -> str:
    """The id of a new run, once it is parked."""
    result = cli("launch", name, "--watch", "--json", *options)
    assert result.exit_code == 3, result.output
    run_id: str = json.loads(cli("runs", "--company", name, "--json").stdout)["items"][0]["run_id"]
    return run_id


def test_launch_prints_the_id_alone_so_that_a_script_can_take_it(cli: Cli) -> None:
    result = cli("launch", "Script Corp", "--key", "k-1", "--note", "From a script.")
    assert result.exit_code == 0
    run_id = result.stdout.strip()
    assert result.stdout == f"{run_id}\n"
    assert f"agentos run watch {run_id}" in result.stderr
    again = json.loads(
        cli("launch", "Script Corp", "--key", "k-1", "--note", "From a script.", "--json").stdout
    )
    assert (again["run_id"], again["note"]) == (run_id, "From a script.")


def test_launch_takes_all_that_a_company_can_have(cli: Cli) -> None:
    options = ("--system", "newsletter", "--system", "github", "--slug", "full")
    people = ("--contact-email", "dana@example.com", "--github", "octo-dana")
    run_id = launched(cli, "Full Corp", *options, *people)
    run = json.loads(cli("run", "show", run_id, "--json").stdout)
    assert run["systems"] == ["github", "newsletter"]
    assert run["company"]["slug"] == "full"
    contacts = [(person["email"], person["github"]) for person in run["company"]["contacts"]]
    assert contacts == [("dana@example.com", None), (None, "octo-dana")]


def test_a_request_in_words_is_asked_about_and_answered(cli: Cli) -> None:
    result = cli("launch", "--request", "Onboard our new client to Slack.", "--watch")
    assert result.exit_code == 3
    assert "Which company shall be onboarded?" in result.stdout
    run_id = result.stderr.split("agentos answer ")[1].split()[0]
    result = cli("answer", run_id, "Worded Corp")
    assert (result.exit_code, result.stdout) == (0, f"{run_id} is planning.\n")
    assert cli("run", "watch", run_id).exit_code == 3
    run = json.loads(cli("run", "show", run_id, "--json").stdout)
    assert (run["company_name"], run["systems"]) == ("Worded Corp", ["slack"])


def test_a_run_that_waits_shows_its_plan_and_how_to_decide(cli: Cli) -> None:
    result = cli("launch", "Waiting Corp", "--watch")
    assert result.exit_code == 3
    line = "  + create the private channel #welcome-waiting-corp · undo: partial"
    assert line in result.stdout.splitlines()
    assert "agentos approve run_" in result.stderr
    assert "agentos deny run_" in result.stderr


def test_approve_then_watch_shows_each_system_and_ends_with_the_report(cli: Cli) -> None:
    run_id = launched(cli, "Good Corp")
    plan = json.loads(cli("run", "show", run_id, "--json").stdout)["plan"]
    result = cli("approve", run_id, "--digest", plan["digest"])
    assert (result.exit_code, result.stdout) == (0, f"{run_id} is provisioning.\n")
    result = cli("run", "watch", run_id)
    assert result.exit_code == 0
    assert "robin decided: approve" in result.stdout
    for system in ("slack", "github", "newsletter", "grants"):
        assert f"  {system:<11} started" in result.stdout
        assert f"  {system:<11} read back, as planned" in result.stdout
    assert "Good Corp is onboarded into 4 of 4 systems." in result.stdout.splitlines()


def test_launch_with_yes_is_the_whole_job_in_one_command(cli: Cli) -> None:
    result = cli("launch", "Quick Corp", "--yes", "--json")
    assert result.exit_code == 0
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "run_completed"


def test_a_denied_run_is_told_by_its_code(cli: Cli, server: Running) -> None:
    run_id = launched(cli, "Denied Corp")
    before = server.sandbox.writes()
    assert cli("deny", run_id).exit_code == 2  # a denial has a reason
    result = cli("deny", run_id, "--reason", "Not now.", "--as", "dana", "--json")
    assert (result.exit_code, json.loads(result.stdout)["status"]) == (0, "denied")
    assert cli("run", "show", run_id).exit_code == 4
    late = cli("approve", run_id, "--json")
    assert late.exit_code == 1
    error = json.loads(late.stdout)["error"]
    assert error["code"] == "already_decided"
    assert server.sandbox.writes() == before


def test_an_approval_of_another_plan_is_refused(cli: Cli) -> None:
    run_id = launched(cli, "Other Corp")
    result = cli("approve", run_id, "--digest", "0" * 64, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "stale_plan"


def test_runs_lists_one_line_each_and_pages(cli: Cli) -> None:
    newest = launched(cli, "Listed Corp")
    table = cli("runs", "--limit", "2")
    lines = table.stdout.splitlines()
    assert lines[0].split() == ["run", "status", "systems", "launched", "company"]
    assert lines[1].split()[:5] == [newest, "awaiting_approval", "0", "of", "4"]
    assert lines[1].rstrip().endswith("Listed Corp")
    assert len(lines) == 3
    cursor = table.stderr.split("--cursor ")[1].strip()
    page = json.loads(cli("runs", "--limit", "1", "--cursor", cursor, "--json").stdout)
    assert page["items"][0]["run_id"] not in table.stdout
    denied = json.loads(cli("runs", "--state", "denied", "--json").stdout)["items"]
    assert {run["status"] for run in denied} == {"denied"}
    assert cli("runs", "--state", "nonsense").exit_code == 2
    narrow = ("--by", "OPERATOR", "--system", "github", "--since", "2020-01-01", "--limit", "1")
    shown = cli("runs", *narrow)
    assert shown.stdout.splitlines()[1].split()[0] == newest, shown.output
    assert cli("runs", "--since", "yesterday").exit_code == 2
    for never in (("--by", "nobody"), ("--system", "other"), ("--since", "2099-01-01T00:00:00")):
        assert cli("runs", *never).stdout == ""
    empty = cli("runs", "--company", "Nobody")
    assert (empty.stdout, "agentos launch" in empty.stderr) == ("", True)


@pytest.mark.parametrize("name", ["[bold red]Labs[/]", "<script>alert(1)</script>", ":boom: Corp"])
def test_a_name_is_shown_as_it_is(cli: Cli, name: str) -> None:
    assert name in cli("launch", name, "--watch").stdout
    assert name in cli("runs", "--company", name).stdout


@pytest.mark.parametrize("name", ["Evil\x1b[2J", "Evil\u202ecorp", "\x00"])
def test_a_name_that_would_move_the_terminal_is_refused_and_not_repeated(
    cli: Cli, name: str
) -> None:
    result = cli("launch", name)
    assert result.exit_code == 2
    assert not set("\x1b\u202e\x00") & set(result.output)


CALLS = [
    ("launch", "Acme Corp"),
    ("runs",),
    ("run", "show", "run_x"),
    ("run", "watch", "run_x"),
    ("run", "pause", "run_x"),
    ("run", "resume", "run_x"),
    ("run", "cancel", "run_x"),
    ("run", "retry", "run_x", "slack"),
    ("run", "skip", "run_x", "slack", "--reason", "r"),
    ("approve", "run_x"),
    ("deny", "run_x", "--reason", "r"),
]


@pytest.mark.parametrize("call", CALLS[2:], ids=" ".join)
def test_an_unknown_run_is_wrong_use_in_one_line(cli: Cli, call: tuple[str, ...]) -> None:
    result = cli(*call)
    assert result.exit_code == 2
    assert (result.stdout, len(result.stderr.splitlines())) == ("", 1)
    assert result.stderr.endswith("(not_found)\n")
    assert _error(cli(*call, "--json"))["code"] == "not_found"


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_without_a_server_every_command_says_how_to_start_one(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, call: tuple[str, ...]
) -> None:
    monkeypatch.setenv("AGENTOS_URL", "http://127.0.0.1:9")
    result = cli(*call)
    assert result.exit_code == 6
    assert result.stderr == (
        "No AgentOS server answers at http://127.0.0.1:9. "
        "Start it with `agentos dev`, or set AGENTOS_URL to its address. (unreachable)\n"
    )
    assert _error(cli(*call, "--json"))["code"] == "unreachable"


def test_doctor_finds_nothing_wrong_while_a_server_runs(cli: Cli) -> None:
    result = cli("doctor", "--json")
    assert result.exit_code == 0, result.output
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    assert checks["server"]["detail"] == "database ok, worker ok, sandbox ok"


def _error(result: Any) -> Any:
    """What a program gets: one object, and nothing beside it."""
    assert result.stderr == ""
    return json.loads(result.stdout)["error"]


def test_an_edited_plan_is_approved_in_part(cli: Cli) -> None:
    run_id = launched(cli, "Edited Corp")
    options = ("--drop", "grants", "--contact-email", "dana@example.com", "--slug", "edited-eu")
    result = cli("edit", run_id, *options, "--channel", "edited")
    assert (result.exit_code, result.stdout) == (0, f"{run_id} is planning.\n")
    assert cli("run", "watch", run_id).exit_code == 3
    run = json.loads(cli("run", "show", run_id, "--json").stdout)
    assert run["systems"] == ["slack", "github", "newsletter"]
    assert "#edited" in "".join(change["summary"] for change in run["plan"]["changes"])
    decision = run["decisions"][0]
    assert (decision["kind"], decision["responder"]) == ("edit", "robin")
    assert cli("edit", run_id).exit_code == 2  # nothing is changed by it
    result = cli("approve", run_id, "--system", "slack", "--reason", "The rest comes later.")
    assert result.exit_code == 0
    result = cli("run", "watch", run_id)
    assert result.exit_code == 5
    assert "Missing: github, newsletter." in result.stdout


def test_a_run_is_forked_with_other_input(cli: Cli) -> None:
    old = launched(cli, "Forked Corp", "--system", "slack")
    result = cli("fork", old, "--system", "github", "--note", "Again.", "--key", "fork-1")
    assert result.exit_code == 0
    new = result.stdout.strip()
    assert f"agentos run watch {new}" in result.stderr
    run = json.loads(cli("run", "show", new, "--json").stdout)
    assert (run["company_name"], run["systems"], run["note"]) == (
        "Forked Corp", ["github"], "Again.",
    )  # fmt: skip
    assert run["origin"]["run_id"] == old
    assert cli("fork", old, "--at", "9999").exit_code == 2


def test_a_request_in_words_is_planned_without_a_run(cli: Cli) -> None:
    result = cli("plan", "--request", "Onboard Words One to Slack, and Words Two to grants.")
    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("Shall 2 runs", "Words One", "Words Two"))
    assert json.loads(cli("runs", "--company", "Words One", "--json").stdout)["items"] == []
    assert cli("plan").exit_code == 2


def test_doctor_tells_what_the_server_knows_of_systems_and_processes(cli: Cli) -> None:
    launched(cli, "Doctor Corp")
    result = cli("doctor", "--json")
    found = {one["name"]: one["detail"] for one in json.loads(result.stdout)["checks"]}
    assert "github answers, 4999 of 5000 calls left" in found["calls"]
    assert "slack answers;" in found["calls"]
    assert "graph" in found["processes"] and "holds" in found["processes"]
