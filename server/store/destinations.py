"""Who is told of what happens to runs."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Destinations:
    """The types of events that each destination wants, by its name; none of them means all."""

    def __init__(self, wanted: Mapping[str, frozenset[str]]) -> None:
        self._wanted = wanted
        self._waiting: set[asyncio.Event] = set()

    def of(self, event_type: str) -> Iterator[str]:
        """Who wants to be told of such an event."""
        for name, types in self._wanted.items():
            if not types or event_type in types:
                yield name

    def ring(self) -> None:
        """There is something to be told."""
        for event in self._waiting:
            event.set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that is set by every ring of this process."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)


NOBODY = Destinations({})
