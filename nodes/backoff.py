"""How long to wait before the next try."""

import random

from domain.ports import NodeContext


def pause_seconds(context: NodeContext, attempt: int, after_seconds: float | None) -> float:
    """Capped exponential back-off with full jitter; never shorter than the system asked for."""
    ceiling = min(context.backoff_cap_seconds, context.backoff_base_seconds * 2.0 ** (attempt - 1))
    return max(random.uniform(0, ceiling), after_seconds or 0.0)  # noqa: S311 - not a secret
