"""The record of every request: the systems count the effects, not the service under test."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from sandbox.store import Store

SYSTEM, KIND = "_sandbox", "request"
_READS = {
    "auth.test",
    "conversations.list",
    "conversations.info",
    "conversations.members",
    "conversations.history",
    "conversations.listConnectInvites",
    "users.info",
    "users.lookupByEmail",
    "applications/search",
}
_SECRET_FIELDS = ("token",)


def is_read(method: str, path: str) -> bool:
    """Whether such a request can change nothing. Slack takes writes by GET too."""
    if any(path.endswith(f"/{name}") for name in _READS):
        return True
    return method in ("GET", "HEAD") and not path.startswith("/slack/")


def note(
    store: Store, method: str, path: str, query: str, body: bytes, headers: dict[str, str]
) -> int:
    """Write the request down before it is answered; returns its number."""
    number = store.next_id(SYSTEM, KIND)
    store.put(
        SYSTEM,
        KIND,
        number,
        {
            "n": number,
            "at": datetime.now(UTC).isoformat(),
            "system": path.split("/")[1],
            "method": method,
            "path": path,
            "query": dict(parse_qsl(query)),
            "body": _readable(body, headers.get("content-type", "")),
            "effect": "read" if is_read(method, path) else "write",
            "status": None,
            "fault": None,
        },
    )
    return number


def finish(store: Store, number: int, *, status: int | None, fault: str | None) -> None:
    """Add the outcome; status None means that the connection was dropped."""
    entry = store.get(SYSTEM, KIND, number)
    if entry:
        store.put(SYSTEM, KIND, number, entry | {"status": status, "fault": fault})


def _readable(body: bytes, content_type: str) -> Any:
    if not body:
        return None
    text = body.decode(errors="replace")
    data: Any = text[:2_000]
    if "json" in content_type:
        try:
            data = json.loads(text)
        except ValueError:
            return data
    elif "form" in content_type:
        data = dict(parse_qsl(text))
    if isinstance(data, dict):
        return {name: value for name, value in data.items() if name not in _SECRET_FIELDS}
    return data
