"""What is known of a request, by the name that it has in the ASGI scope."""

from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any

ACTOR = "agentos.actor"
REQUEST_ID = "agentos.request_id"
STILL = "agentos.still"

Still = Callable[[], Coroutine[Any, Any, bool]]
"""Whether whoever has begun this may go on: their key or their session is not over."""


async def always() -> bool:
    """Where nobody has to log in, nothing is over."""
    return True


def still(scope: MutableMapping[str, Any]) -> Still:
    """To be asked now and then by what goes on for long."""
    found: Still = scope.get(STILL, always)
    return found
