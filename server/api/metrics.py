"""Metrics in Prometheus' text form."""

from dataclasses import asdict

from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from server.api import docs
from server.api.parameters import ServiceHere
from server.lifecycle.figures import Figures, figures
from server.telemetry.metrics import REGISTRY

router = docs.operations("health")
_QUEUE = {
    "executing": "Runs that a worker is executing.",
    "due": "Runs that wait for a worker.",
    "oldest_due_seconds": "Since when the oldest of them has been waiting.",
    "later": "Runs that wait for a time.",
    "failing": "Runs that workers have given up at least twice in a row.",
    "foreign": "Runs that are due but of a graph version that this release does not execute.",
    "workers": "Workers that share the database.",
    "jobs": "Jobs in the queue.",
}


@router.get("/metrics", operation_id="metrics", response_class=PlainTextResponse)
async def metrics(service: ServiceHere) -> PlainTextResponse:
    """What this process has counted, and how the work of all processes stands."""
    shared = _gauges(await figures(service))
    text = generate_latest(REGISTRY) + generate_latest(shared)
    return PlainTextResponse(text, media_type=CONTENT_TYPE_LATEST)


def _gauges(found: Figures) -> CollectorRegistry:
    registry = CollectorRegistry()
    runs = Gauge("agentos_runs", "Runs that have not ended.", ["status"], registry=registry)
    for status, count in found.runs.items():
        runs.labels(status).set(count)
    for name, value in asdict(found.queue).items():
        if value is not None:
            Gauge(f"agentos_queue_{name}", _QUEUE[name], registry=registry).set(value)
    return registry
