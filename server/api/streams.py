"""A run's events as a stream (WHATWG server-sent events)."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from fastapi.sse import format_sse_event

from server.api.errors import Busy
from server.api.stopping import unless_set
from server.api.views import event_view
from server.auth.exchange import Still, always
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
        self,
        service: Service,
        run_id: str,
        after: int,
        *,
        tenant: str,
        still: Still = always,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> AsyncIterator[bytes]:
        """Frames of all events above `after`, until the run has ended and its last one is sent.

        A comment is sent after `quiet_seconds` without an event, so that proxies keep the line.
        It ends as well when whoever follows may do so no more, which is looked at each time before
        anything is sent.
        """
        self._open += 1
        try:
            yield format_sse_event(retry=RETRY_MILLISECONDS)
            run = await self._unless_stopping(reads.get_run(service, run_id, tenant=tenant))
            while run is not None and await self._unless_stopping(still()):
                news = reads.list_events(service, run_id, tenant=tenant, after=after)
                for recorded in await self._unless_stopping(news) or ():
                    after = recorded.seq
                    yield format_sse_event(
                        id=str(after),
                        event=recorded.event.type,
                        data_str=event_view(recorded).model_dump_json(),
                    )
                if run.ended and run.version <= after:
                    return
                change = reads.wait_for_change(
                    service,
                    run_id,
                    tenant=tenant,
                    version=after,
                    timeout_seconds=quiet_seconds,
                )
                run = await self._unless_stopping(change)
                if run is not None and run.version <= after:
                    yield format_sse_event(comment="quiet")
        finally:
            self._open -= 1

    async def _unless_stopping[T](self, work: Coroutine[Any, Any, T]) -> T | None:
        """Read in a task of its own: a caller who hangs up cancels again and again, and a
        connection to the database that is cancelled twice is not closed."""
        return await unless_set(self.stopping, work)
