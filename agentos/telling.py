"""Who is told of what happens to runs, as the settings have it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agentos.settings import Settings
from server.store.destinations import NOBODY, Destinations
from server.worker.courier import Receiver
from server.worker.hook import Hook


@dataclass(frozen=True)
class Telling:
    """The receivers, and which events are kept for them."""

    receivers: Sequence[Receiver] = ()
    destinations: Destinations = NOBODY


NOTHING = Telling()


def telling(settings: Settings) -> Telling:
    """`BadSetting` when an address or a secret is none."""
    hooks = [
        Hook(
            url,
            settings.agentos_webhook_secrets,
            private_allowed=settings.agentos_webhook_private,
        )
        for url in dict.fromkeys(settings.agentos_webhook_urls)
    ]
    events = frozenset(settings.agentos_webhook_events)
    return Telling(hooks, Destinations({hook.name: events for hook in hooks}))
