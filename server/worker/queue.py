"""The doorbell of Postgres mode: jobs of procrastinate, rung in the caller's own transaction.

A job only says "look at this run"; whether there is work stands in the run's row. So a job may come
twice, late or never: ownership and recovery do not depend on it. Jobs carry no `lock`, since a
claim excludes already and a future job under a lock would block the ones behind it. Each version of
the graph has a queue of its own: a worker of an older release must not use up the rings of runs
that it cannot execute.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.tasks import Task

from domain.errors import StoreUnavailable
from server.store.transactions import Transaction

TASK = "agentos.advance"
POLL_SECONDS = 1.0
_STALLED_SECONDS = 30.0
_KEPT_HOURS = 24


class _WhenCutOff(procrastinate.BaseRetryStrategy):
    """A worker that stops cancels what does not end in time: that is rung for again."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        return None


Advance = Callable[[str, str], Awaitable[None]]


class Doorbell:
    """Rings for runs, and answers the rings: `advance` gets the run's id and graph version."""

    def __init__(self, conninfo: str, advance: Advance, *, slots: int) -> None:
        self._slots = slots
        self._conninfo = conninfo
        self._answering = False
        self._app, self._task = self._make(advance)

    def _make(self, advance: Advance) -> tuple[procrastinate.App, Task[Any, Any, Any]]:
        connector = procrastinate.PsycopgConnector(
            conninfo=self._conninfo, min_size=1, max_size=4, timeout=5.0
        )
        app = procrastinate.App(connector=connector)

        @app.task(name=TASK, retry=_WhenCutOff())
        async def ring(run_id: str, graph_version: str) -> None:
            await advance(run_id, graph_version)

        return app, ring

    async def ring(
        self,
        tx: Transaction,
        run_id: str,
        graph_version: str,
        *,
        priority: int = 0,
        at: datetime | None = None,
    ) -> None:
        """Ring if and when `tx` commits, or at the time `at`; twice before an answer is once."""
        connection = await tx.driver_connection()
        options: dict[str, Any] = {
            "queue": _queue(graph_version),
            "priority": priority,
            "connection": connection,
        }
        if at is None:
            options["queueing_lock"] = f"run:{run_id}"
        else:
            options |= {"schedule_at": at}
        try:
            async with connection.transaction():  # a savepoint: a second ring must not break `tx`
                await self._task.configure(**options).defer_async(
                    run_id=run_id, graph_version=graph_version
                )
        except AlreadyEnqueued:
            return
        except ConnectorException as error:
            raise StoreUnavailable("The database does not take jobs.") from error

    async def answer(self, graph_versions: Collection[str], grace_seconds: float) -> None:
        """Answer the rings of these until cancelled; raises when the database goes away."""
        try:
            async with self._app.open_async():
                self._answering = True
                await self._app.run_worker_async(
                    queues=[_queue(version) for version in graph_versions],
                    concurrency=self._slots,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=grace_seconds,
                    install_signal_handlers=False,
                    update_heartbeat_interval=5.0,
                    stalled_worker_timeout=_STALLED_SECONDS,
                )
        finally:
            self._answering = False
            # Cancelled or failed while it opens, it leaves a pool whose tasks nothing else can end.
            await self._app.close_async()

    async def tidy(self) -> None:
        """Forget jobs whose worker died; their runs have been freed and rung for again.

        Nothing while no rings are answered here: at the start, and while the database is away.
        """
        if not self._answering:
            return
        jobs = self._app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
            await jobs.finish_job(job, status=Status.FAILED, delete_job=True)
        await jobs.delete_old_jobs(
            nb_hours=_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _queue(graph_version: str) -> str:
    return f"runs:{graph_version}"
