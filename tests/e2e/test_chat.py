"""Talking with a running server, and with one that is killed in the middle of a call."""

import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Cli
from tests.e2e.life import life
from tests.e2e.running import RUNS, Running

pytestmark = pytest.mark.e2e

CHAT = "/api/v1/chat/t1"
SENTENCE = "onboard Acme Corp except GitHub"


def say(server: Running, text: str, **shown: str) -> dict[str, Any]:
    """One turn, whole."""
    body = {"message": text} | shown
    answer = server.http.post(CHAT, json=body, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json()
    return whole


def stream_until_killed(server: Running, seen: list[str], **body: str) -> None:
    """Have a turn that never ends well; `seen` gets the names of its events as they come."""
    with (
        suppress(httpx.TransportError),
        server.http.stream("POST", CHAT, json={"message": SENTENCE} | body) as answer,
    ):
        for line in answer.iter_lines():
            if line.startswith("event:"):
                seen.append(line.removeprefix("event: "))


def test_a_chat_survives_kill_9_in_a_tool_call_and_launches_nothing_twice(tmp_path: Path) -> None:
    seen: list[str] = []
    with life(tmp_path, stuck=True) as server:
        talking = threading.Thread(target=stream_until_killed, args=(server, seen))
        talking.start()
        while not ((runs := server.call("GET", RUNS)["items"]) and seen[1:]):
            time.sleep(0.05)
        # The life ends here, by kill -9: the launch has taken effect and its call is still open.
    talking.join()
    assert seen == ["turn", "tool_call"]
    (run,) = runs
    with life(tmp_path) as server:
        told = say(server, "what is the status of Acme Corp?")
        assert run["run_id"] in told["text"]
        again = say(server, SENTENCE)
        assert (again["launched"], "under way already" in again["text"]) == ([], True)
        assert [each["run_id"] for each in server.call("GET", RUNS)["items"]] == [run["run_id"]]
        said = [each["text"] for each in server.call("GET", CHAT)["messages"]]
        assert said == [
            SENTENCE, "what is the status of Acme Corp?", told["text"], SENTENCE, again["text"],
        ]  # fmt: skip


def test_what_was_confirmed_is_carried_out_once_through_kill_9_in_the_middle(
    tmp_path: Path,
) -> None:
    seen: list[str] = []
    with life(tmp_path, stuck=True) as server:
        several = "Onboard Acme Corp, Globex and Initech"
        shown = say(server, several)["proposal"]["digest"]
        assert server.call("GET", RUNS)["items"] == []
        yes = {"message": "yes", "shown": shown}
        talking = threading.Thread(target=stream_until_killed, args=(server, seen), kwargs=yes)
        talking.start()
        while not ((runs := server.call("GET", RUNS)["items"]) and seen):
            time.sleep(0.05)
        # The life ends here, by kill -9: of three launches one is done.
    talking.join()
    assert (seen, len(runs)) == (["turn"], 1)
    with life(tmp_path) as server:
        again = say(server, "yes", shown=shown)
        found = server.call("GET", RUNS)["items"]
        assert sorted(run["company_name"] for run in found) == ["Acme Corp", "Globex", "Initech"]
        assert sorted(run["run_id"] for run in found) == sorted(again["launched"])
        assert runs[0]["run_id"] in again["launched"]


def test_the_command_launches_tells_and_goes_on_in_its_thread(cli: Cli) -> None:
    result = cli("chat", "onboard Chatty Corp in Slack", "--thread", "cli-1")
    assert (result.exit_code, "Launched the onboarding of Chatty Corp" in result.stdout) == (
        0,
        True,
    )
    parts = [
        json.loads(line)
        for line in cli(
            "chat", "status of Chatty Corp", "--thread", "cli-1", "--json"
        ).stdout.splitlines()
    ]
    assert [part["type"] for part in parts] == ["turn", "tool_call", "tool_result", "text", "done"]
    assert parts[0]["turn"] == 2


def test_the_command_reads_lines_until_they_end(cli: Cli) -> None:
    result = cli("chat", input="help\nwhat waits for me?\n")
    assert result.exit_code == 0
    assert "I cannot approve" in result.stdout
    assert "Go on with: agentos chat --thread chat_" in result.stderr


def test_the_command_is_answered_yes(cli: Cli) -> None:
    several = "onboard Pair One and Pair Two in Slack"
    result = cli("chat", input=f"{several}\nyes\n")
    assert result.exit_code == 0
    assert "I propose: Launch the onboarding of Pair One in slack." in result.stdout
    assert "Launched the onboarding of Pair Two" in result.stdout
    result = cli("chat", several.replace("Pair", "Tandem"), "--thread", "cli-2")
    (hint,) = [line for line in result.stderr.splitlines() if "Confirm with" in line]
    result = cli(*hint.partition("agentos ")[2].split())
    assert "Launched the onboarding of Tandem Two" in result.stdout


def test_the_command_says_what_was_refused(cli: Cli) -> None:
    result = cli("chat", "help", "--thread", "not a name")
    assert (result.exit_code, "thread_id" in result.stderr) == (2, True)
