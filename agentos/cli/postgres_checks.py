"""What `agentos doctor` says of a Postgres database; each problem comes with its cure."""

import asyncio
from collections.abc import Callable

from agentos.settings import Settings
from domain.errors import BadSetting
from server.store.examination import Examination

_SKEW_SECONDS = 1.0
_CROWDED = 0.8
_LATE_SECONDS = 60.0


def checks(settings: Settings) -> dict[str, Callable[[], str]]:
    """The checks by name; they look once, together. `BadSetting` when there is no way in."""
    from agentos.keeping import examine, tables

    async def look() -> tuple[dict[str, str | None], Examination | None]:
        found = await tables(settings, upgrade=False)
        ready = found["present"] == found["wanted"]
        return found, await examine(settings) if ready else None

    found, facts = asyncio.run(look())
    if facts is None:
        return {"tables": lambda: _tables(found)}
    return {
        "tables": lambda: _tables(found),
        "connections": lambda: _connections(facts),
        "clock": lambda: _clock(facts),
        "workers": lambda: _workers(facts),
        "runs": lambda: _runs(facts),
    }


def _tables(found: dict[str, str | None]) -> str:
    if found["present"] != found["wanted"]:
        raise BadSetting(
            f"The tables are at version {found['present'] or 'none'}, not {found['wanted']}.",
            advice="Run `agentos db upgrade`.",
        )
    return f"version {found['present']}, as this release wants them"


def _connections(facts: Examination) -> str:
    used = f"{facts.connections} of {facts.most_connections}"
    if facts.connections > _CROWDED * facts.most_connections:
        raise BadSetting(
            f"{used} connections of the server are taken.",
            advice="Raise max_connections, or run fewer processes.",
        )
    return f"{used} are taken"


def _clock(facts: Examination) -> str:
    skew = facts.skew_seconds
    if abs(skew) > _SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        raise BadSetting(
            f"The clock of this machine is {abs(skew):.1f} s {way} the database's.",
            advice="Let it be set by NTP; leases and deadlines go by the database's clock.",
        )
    return f"within {abs(skew) * 1000:.0f} ms of the database's"


def _workers(facts: Examination) -> str:
    work = facts.stats
    said = f"{work.workers} workers, {work.executing} runs under way, {work.due} due"
    if not work.workers and work.due:
        raise BadSetting(
            f"{work.due} runs are due and nobody executes them.",
            advice="Start `agentos worker`, or `agentos serve` without --no-worker.",
        )
    if work.oldest_due_seconds > _LATE_SECONDS:
        raise BadSetting(
            f"{said}; the oldest has waited for {work.oldest_due_seconds:.0f} s.",
            advice="Start more workers, or raise AGENTOS_WORKER_SLOTS or AGENTOS_MAX_RUNS.",
        )
    return f"{said}, {work.jobs} jobs in the queue"


def _runs(facts: Examination) -> str:
    work = facts.stats
    if work.foreign:
        raise BadSetting(
            f"{work.foreign} runs were begun by a release whose graph this one does not know.",
            advice="Keep a worker of that release until they have ended.",
        )
    if work.failing:
        raise BadSetting(
            f"{work.failing} runs ended their worker twice or more in a row.",
            advice="Look for their ids in the workers' logs; after five times they are failed.",
        )
    return "none is stuck"
