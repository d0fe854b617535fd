"""Ids that a shell completes, as the server has them now."""

from typing import Any

LIMIT = 50
PATIENCE_SECONDS = 0.3


def run_ids(incomplete: str) -> list[tuple[str, str]]:
    """The latest runs with such an id, each with its company; none when the server is slow."""
    return [
        (run["run_id"], f"{run['company_name']} ({run['status']})")
        for run in _items("/api/v1/runs")
        if run["run_id"].startswith(incomplete)
    ]


def batch_ids(incomplete: str) -> list[tuple[str, str]]:
    """The same for batches."""
    return [
        (batch["batch_id"], batch["name"])
        for batch in _items("/api/v1/batches")
        if batch["batch_id"].startswith(incomplete)
    ]


def _items(path: str) -> list[dict[str, Any]]:
    """What a list has; a key that is pressed must never print an error nor wait for long."""
    from agentos.cli.client import Client
    from agentos.settings import load
    from domain.errors import AgentOSError

    try:
        settings = load()
        key = settings.agentos_api_key
        with Client(settings.url, key, timeout_seconds=PATIENCE_SECONDS) as api:
            found: list[dict[str, Any]] = api.call("GET", path, limit=LIMIT)["items"]
            return found
    except AgentOSError:
        return []
