"""Who is told of what happens to runs, as the settings have it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agentos.settings import Settings
from server.store.destinations import NOBODY, Destinations
from server.worker.asking import EVENTS, Asking
from server.worker.courier import Receiver
from server.worker.hook import Hook
from systems.slack.approvals import Approvals


@dataclass(frozen=True)
class Telling:
    """The receivers, and which events are kept for them."""

    receivers: Sequence[Receiver] = ()
    destinations: Destinations = NOBODY


NOTHING = Telling()


def telling(settings: Settings, slack: Approvals | None) -> Telling:
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
    wanted = {hook.name: events for hook in hooks}
    if slack is None:
        return Telling(hooks, Destinations(wanted))
    asking = Asking(slack)
    return Telling([*hooks, asking], Destinations(wanted | {asking.name: EVENTS}))
