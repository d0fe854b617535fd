"""A run's events as a stream (WHATWG server-sent events)."""

import asyncio
from collections.abc import AsyncIterator

from fastapi.sse import format_sse_event

from server.api.errors import Busy
from server.api.stopping import unless_set
from server.api.views import event_view
from server.lifecycle import reads
from server.lifecycle.service import Service

RETRY_MILLISECONDS = 2_000
QUIET_SECONDS = 15.0


class Streams:
    """The open streams of this process: at most `limit`, and all end when `stopping` is set."""

    def __init__(self, stopping: asyncio.Event, *, limit: int = 256) -> None:
        self.stopping = stopping
        self._limit = limit
        self._open = 0

    def refuse_if_full(self) -> None:
        """`Busy` when no further stream is served; to be asked before the answer begins."""
        if self._open >= self._limit:
            raise Busy("As many streams are open as this server has room for.")

    async def follow(
        self, service: Service, run_id: str, after: int, *, quiet_seconds: float = QUIET_SECONDS
    ) -> AsyncIterator[bytes]:
        """Frames of all events above `after`, until the run has ended and its last one is sent.

        A comment is sent after `quiet_seconds` without an event, so that proxies keep the line.
        """
        self._open += 1
        try:
            yield format_sse_event(retry=RETRY_MILLISECONDS)
            while not self.stopping.is_set():
                run = await reads.get_run(service, run_id)
                if run.version > after:
                    for recorded in await reads.list_events(service, run_id, after=after):
                        after = recorded.seq
                        yield format_sse_event(
                            id=str(after),
                            event=recorded.event.type,
                            data_str=event_view(recorded).model_dump_json(),
                        )
                elif run.ended:
                    return
                else:
                    waiting = reads.wait_for_change(
                        service, run_id, version=after, timeout_seconds=quiet_seconds
                    )
                    run_now = await unless_set(self.stopping, waiting)
                    if run_now is not None and run_now.version <= after:
                        yield format_sse_event(comment="quiet")
        finally:
            self._open -= 1
