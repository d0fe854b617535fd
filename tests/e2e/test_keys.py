"""Keys as people use them: made, used, rotated and taken back while a server runs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agentos.cli.main import app
from tests.e2e.test_serve import serving
from tests.sandbox_server import sandbox_server

pytestmark = pytest.mark.e2e


def agentos(*words: str, **variables: str) -> Result:
    return CliRunner().invoke(app, list(words), env=variables)


def made(*options: str) -> tuple[str, str]:
    """The id of a new key and what it says."""
    result = agentos("keys", "create", "--json", *options)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    return told["key_id"], told["key"]


def test_keys_open_a_server_that_others_can_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTOS_AUTH", "keys")
    monkeypatch.setenv("USER", "somebody")
    key_id, operator = made("--owner", "olga", "--scope", "operator")
    with sandbox_server() as sandbox, serving(sandbox, "--host", "0.0.0.0") as (http, said):
        url = {"AGENTOS_URL": str(http.base_url)}
        _, approver = made("--owner", "ann", "--scope", "approver", "--days", "0")

        unknown = agentos("launch", "Acme Corp", **url)
        assert unknown.exit_code == 7
        assert unknown.stderr.splitlines() == [
            "Nobody is known to have sent this. Send `Authorization: Bearer aos_…` (commands: set"
            " AGENTOS_API_KEY); whoever runs this server makes keys with `agentos keys create`."
            " (unauthenticated)"
        ]
        launched = agentos("launch", "Acme Corp", "--watch", AGENTOS_API_KEY=operator, **url)
        assert launched.exit_code == 3, launched.output
        runs = json.loads(agentos("runs", "--json", AGENTOS_API_KEY=operator, **url).stdout)
        (run,) = runs["items"]
        assert run["launched_by"] == "olga"
        refused = agentos("approve", run["run_id"], AGENTOS_API_KEY=operator, **url)
        assert refused.exit_code == 7
        assert refused.stderr.splitlines() == [
            "This needs the scope approver. Ask somebody who holds the role. (not_allowed)"
        ]
        approved = agentos("approve", run["run_id"], AGENTOS_API_KEY=approver, **url)
        assert approved.exit_code == 0, approved.output
        watched = agentos("run", "watch", run["run_id"], AGENTOS_API_KEY=approver, **url)
        assert watched.exit_code == 0, watched.output

        rotated = json.loads(agentos("keys", "rotate", key_id, "--json").stdout)
        assert agentos("runs", AGENTOS_API_KEY=rotated["key"], **url).exit_code == 0
        assert agentos("keys", "revoke", rotated["key_id"]).exit_code == 0
        listed = agentos("keys", "list").stdout
        assert "revoked" in listed
        assert operator not in listed
        assert "somebody" in agentos("audit", "export").stdout
    assert not [line for line in said if "LOG IN" in line]
