"""One way to write JSON, so that equal things have equal digests."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and plain UTF-8; `value` must consist of JSON types."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def storable(value: Any) -> Any:
    """The same JSON without what no database keeps: NUL and lone surrogates become `?`.

    For what a system told us: its text must not be able to stop a run.
    """
    if isinstance(value, str):
        return value.replace("\x00", "?").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in lower-case hex."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
