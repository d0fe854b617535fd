"""What Prometheus reads."""

from prometheus_client.parser import text_string_to_metric_families

from domain.status import TERMINAL, RunStatus
from tests.integration.api.conftest import Door

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(door: Door) -> Samples:
    answer = await door.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_runs_are_told_by_status_and_steps_by_outcome(door: Door) -> None:
    def of(found: Samples, name: str, **labels: str) -> float:
        return found.get((name, tuple(sorted(labels.items()))), 0.0)

    before = await scraped(door)
    statuses = {dict(labels)["status"] for name, labels in before if name == "agentos_runs"}
    assert statuses == set(RunStatus) - TERMINAL
    await door.parked()
    done = await door.parked("Globex")
    await door.move(done["run_id"], "resume", {"approved": True, "responder": "dana"})
    assert (await door.wait(done["run_id"]))["status"] == "completed"
    after = await scraped(door)
    assert of(after, "agentos_runs", status="awaiting_approval") == 1
    assert of(after, "agentos_runs", status="provisioning") == 0
    for name in ("due", "executing", "later", "failing", "foreign", "oldest_due_seconds"):
        assert (f"agentos_queue_{name}", ()) in after

    def grown(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    assert grown("agentos_events_total", type="run_completed") == 1
    assert grown("agentos_events_total", type="run_launched") == 2
    step = {"system": "slack", "status": "success", "error_code": ""}
    assert grown("agentos_steps_total", **step) == 2  # made, then read back
    for what in ("checkpoint", "writes"):
        assert grown("agentos_checkpoint_seconds_count", what=what) > 0
        assert grown("agentos_checkpoint_seconds_sum", what=what) > 0


async def test_refused_events_are_not_counted(door: Door) -> None:
    before = await scraped(door)
    run = await door.parked()
    body = {"approved": True, "responder": "dana", "digest": "0" * 64}
    assert (await door.move(run["run_id"], "resume", body)).status_code == 409
    after = await scraped(door)
    name = ("agentos_events_total", (("type", "decision_recorded"),))
    assert after.get(name, 0) == before.get(name, 0)
