"""A shell completes ids by what the server has, and never waits for it nor shows its errors."""

import json
import os
import socket
import subprocess
import sysconfig

import pytest

from tests.e2e.conftest import Cli
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e


def _completed(url: str, *words: str) -> str:
    """What bash is offered for the last word."""
    line = " ".join(("agentos", *words))
    program = sysconfig.get_path("scripts") + "/agentos"
    asked = {
        "_AGENTOS_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
        "AGENTOS_URL": url,
        "PATH": os.defpath,
    }
    told = subprocess.run([program], env=asked, capture_output=True, text=True, check=False)
    assert told.stderr == ""
    return told.stdout


def test_the_ids_of_runs_are_offered(cli: Cli, server: Running) -> None:
    run_id = cli("launch", "Complete Corp").stdout.strip()
    assert run_id in _completed(server.url, "approve", "run_")
    assert run_id in _completed(server.url, "run", "show", run_id[:20])
    assert run_id not in _completed(server.url, "approve", "run_0000")


def test_nothing_is_offered_where_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert _completed(url, "approve", "run_").strip() == ""


def test_runs_that_wait_for_a_person_are_listed_the_oldest_first(cli: Cli) -> None:
    ids = [cli("launch", name, "--watch", "--json") for name in ("Wait One", "Wait Two")]
    assert [each.exit_code for each in ids] == [3, 3]
    waiting = json.loads(cli("approvals", "--json").stdout)["items"]
    names = [run["company_name"] for run in waiting]
    assert names.index("Wait One") < names.index("Wait Two")
    assert "Wait Two" in cli("approvals").stdout
