"""What doctor says of the calls to the systems and of the processes."""

from typing import Any

import pytest

from agentos.cli import call_checks
from agentos.cli.call_checks import Silent
from agentos.cli.client import Refusal, Unreachable

SYSTEM = {"name": "slack", "answers": True, "silent_since": None, "rate_left": None,
          "rate_limit": None, "circuit": "closed"}  # fmt: skip
PROCESS = {"name": "a:1", "version": "1", "executes": True, "up": True, "seen_at": "now", "runs": 2}


class Server:
    """Answers with what is told, or raises it."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def call(self, method: str, path: str) -> Any:
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server({"systems": [SYSTEM], "processes": [PROCESS]})
    monkeypatch.setattr(call_checks, "client", lambda: found)
    return found


def said(name: str) -> str:
    return call_checks.checks()[name]()


def test_what_is_well_is_told_in_one_line(server: Server) -> None:
    assert said("calls") == "slack answers"
    assert said("processes") == "a:1 (1) holds 2"
    server.told["systems"] = [{**SYSTEM, "rate_left": 7, "rate_limit": 9}]
    assert said("calls") == "slack answers, 7 of 9 calls left"
    server.told["systems"] = [{**SYSTEM, "answers": None}]
    assert said("calls") == "slack was not asked yet"


@pytest.mark.parametrize(
    "wrong", [{"answers": False, "silent_since": "noon"}, {"circuit": "half_open"}]
)
def test_a_system_that_is_silent_or_left_alone_is_a_problem(
    server: Server, wrong: dict[str, Any]
) -> None:
    server.told["systems"] = [{**SYSTEM, **wrong}]
    with pytest.raises(Silent, match=r"since noon|circuit half open"):
        said("calls")


def test_a_process_that_is_gone_is_a_problem_only_while_it_holds_runs(server: Server) -> None:
    server.told["processes"] = [{**PROCESS, "up": False}]
    with pytest.raises(Silent, match="not seen since now"):
        said("processes")
    server.told["processes"] = [{**PROCESS, "up": False, "runs": 0}]
    assert "not seen since now" in said("processes")


def test_where_nobody_can_be_asked_another_check_says_why(server: Server) -> None:
    server.told = Unreachable("Nobody is there.")
    assert said("calls") == said("processes") == "not told: no server answers"
    server.told = Refusal(401, {"detail": "No key."})
    assert "without a key" in said("calls")
    server.told = Refusal(503, {"detail": "Away."})
    with pytest.raises(Refusal):
        said("calls")
