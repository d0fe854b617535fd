"""Every event of a run, once it is stored: counted, and written as one line of JSON."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from domain.events import RecordedEvent, StepFinished
from domain.model_calls import ModelCall
from server.telemetry.metrics import EVENTS, STEPS

EVENT_LOG = logging.getLogger("agentos.events")
_FACTS = frozenset(
    {
        "after_seconds",
        "attempt",
        "attempts",
        "code",
        "cost",
        "door",
        "effect",
        "error_code",
        "input_tokens",
        "kind",
        "latency_seconds",
        "model",
        "output_tokens",
        "prompt",
        "prompt_sha",
        "retryable",
        "role",
        "rollback",
        "status",
        "stop_reason",
        "system",
        "verified",
    }
)
"""Fields that hold a word of ours or a number; names, texts and addresses are in none of them."""


def happened(run_id: str, recorded: RecordedEvent) -> None:
    """To be told of every event when its transaction has committed."""
    event = recorded.event
    EVENTS.labels(event.type).inc()
    if isinstance(event, StepFinished):
        result = event.result
        STEPS.labels(result.system, result.status, result.error_code or "").inc()
    if EVENT_LOG.isEnabledFor(logging.INFO):
        EVENT_LOG.info(line(run_id, recorded))


def model_called(thread_id: str, call: ModelCall) -> None:
    """To be told of every call to a model in a chat: such a call belongs to no run."""
    if EVENT_LOG.isEnabledFor(logging.INFO):
        facts = call.model_dump(mode="json", exclude_none=True)
        at = datetime.now(UTC).isoformat()
        EVENT_LOG.info(
            json.dumps({"at": at, "thread_id": thread_id, "type": "model_called"} | facts)
        )


def line(run_id: str, recorded: RecordedEvent) -> str:
    """Which run, which event, when, and the facts of it."""
    facts = dict(_facts(recorded.event.model_dump(mode="json")))
    first = {"at": recorded.at.isoformat(), "run_id": run_id, "seq": recorded.seq}
    return json.dumps(first | {"type": recorded.event.type} | facts)


def _facts(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Those of the event and of the one thing in it that it is about."""
    for name, value in body.items():
        if name in ("decision", "result", "usage") and isinstance(value, dict):
            yield from _facts(value)
        elif name in _FACTS and isinstance(value, str | int | float) and value != "":
            yield name, value
