"""`agentos dev`: the seed's two calls, word for word, and when it is ready."""

import json
import subprocess

import pytest

from tests.e2e.running import AGENTOS, DEV, RUNS, Running

pytestmark = pytest.mark.e2e

MADE = {
    "slack": {"channel": 1, "message": 1},
    "github": {"team": 1, "repository": 1, "grant": 1},
    "brevo": {"list": 1},
    "grants": {"application": 1},
}
"""What one onboarding adds."""


def objects(server: Running) -> dict[str, dict[str, int]]:
    """How many of them there are now."""
    counts = server.sandbox.counts()
    return {s: {k: counts[s].get(k, 0) for k in kinds} for s, kinds in MADE.items()}


def test_the_seeds_two_calls_end_in_four_successes(server: Running) -> None:
    launch = '{"company_name": "Acme Corp", "idempotency_key": "acme-001"}'
    headers = {"content-type": "application/json"}
    before, writes = objects(server), server.sandbox.writes()
    answer = server.http.post(RUNS, content=launch, headers=headers)
    assert answer.status_code == 201, answer.text
    run_id = answer.json()["run_id"]
    server.until(run_id, "awaiting_approval")
    assert server.sandbox.writes() == writes
    approval = json.dumps({"run_id": run_id, "approved": True, "responder": "dana@example.com"})
    answer = server.http.post("/webhooks/approval", content=approval, headers=headers)
    assert answer.is_success, answer.text
    run = server.until(run_id, "completed")
    assert [step["status"] for step in run["steps"]] == ["success"] * 4
    assert [step["system"] for step in run["steps"]] == ["slack", "github", "newsletter", "grants"]
    details = "Slack provisioned for Acme Corp: channel=#welcome-acme-corp"
    assert run["steps"][0]["details"] == details
    after = objects(server)
    assert {s: {k: after[s][k] - before[s][k] for k in MADE[s]} for s in MADE} == MADE
    again = server.http.post(RUNS, content=launch, headers=headers)
    assert (again.status_code, again.json()["run_id"]) == (200, run_id)


def test_a_denial_through_the_webhook_makes_nothing(server: Running) -> None:
    before = server.sandbox.writes()
    run = server.parked("Beta Corp")
    body = {"run_id": run["run_id"], "approved": False, "responder": "dana"}
    server.call("POST", "/api/v1/webhooks/approval", body)
    assert server.until(run["run_id"], "denied")["steps"] == []
    assert server.sandbox.writes() == before


def test_ready_names_each_part(server: Running) -> None:
    checks = server.call("GET", "/health/ready")["checks"]
    assert checks == {"database": "ok", "worker": "ok", "sandbox": "ok"}
    assert server.call("GET", "/health/live")["status"] == "ok"
    assert server.http.get("/docs").is_success


def test_a_second_server_on_the_same_data_is_refused(server: Running) -> None:
    second = subprocess.run(
        [*AGENTOS, *DEV, str(server.folder)], capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 2
    error = json.loads(second.stdout)["error"]
    assert error["message"] == "SQLITE_DB_PATH is in use by another AgentOS process."
    assert second.stderr == ""
    assert server.call("GET", "/health/ready")
