"""What Prometheus can read of one process; see `server.api.metrics` for what all of them share."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

EVENTS = Counter(
    "agentos_events", "Events of runs that this process has stored.", ["type"], registry=REGISTRY
)
STEPS = Counter(
    "agentos_steps",
    "Tries in a system that have ended, and read-backs of them.",
    ["system", "status", "error_code"],
    registry=REGISTRY,
)
CHECKPOINTS = Histogram(
    "agentos_checkpoint_seconds",
    "How long a run waits until a checkpoint or its writes are durable.",
    ["what"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
    registry=REGISTRY,
)
