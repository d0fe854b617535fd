"""The same asked of many runs: each by its own verb, permitted and checked as it is alone."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from domain.decisions import Answer, DecisionKind
from domain.errors import AgentOSError, Invalid, RequestError, StoreUnavailable
from domain.runs import RunState
from server.lifecycle import cancels, decisions
from server.lifecycle.service import Actor, Service
from server.store import runs

MOST = 100
_RUN_ID = re.compile("run_[0-9a-z]{22}")


class Outcome(NamedTuple):
    """What came of one run: as its verb has left it, or why nothing was done."""

    run_id: str
    run: RunState | None = None
    error: AgentOSError | None = None


def within(run_ids: Iterable[str]) -> tuple[str, ...]:
    """Each of them once; `Invalid` for none, for more than 100 and for what is no id."""
    chosen = tuple(dict.fromkeys(run_ids))
    if not chosen:
        raise Invalid("No run is chosen.", field="run", advice="Choose some in the list of runs.")
    if len(chosen) > MOST:
        raise Invalid(
            f"{len(chosen)} runs are chosen; {MOST} is the limit.",
            field="run",
            advice="Choose fewer and go on with the others afterwards.",
        )
    if not all(map(_RUN_ID.fullmatch, chosen)):
        raise Invalid(
            "What is chosen is no run.", field="run", advice="Choose in the list of runs."
        )
    return chosen


async def read(service: Service, run_ids: Iterable[str], actor: Actor) -> list[RunState]:
    """Those of the runs that are this tenant's, in the order in which they are named."""
    chosen = within(run_ids)
    async with service.database.read() as tx:
        found = await runs.known(tx, chosen, tenant=actor.tenant)
    return [found[run_id] for run_id in chosen if run_id in found]


async def cancel(
    service: Service, run_ids: Iterable[str], actor: Actor, *, rollback: bool = False
) -> list[Outcome]:
    """See `cancels.cancel`."""

    async def one(run_id: str) -> RunState:
        return await cancels.cancel(service, run_id, actor, rollback=rollback)

    return await _each(run_ids, one)


async def retry(service: Service, versions: Mapping[str, int], actor: Actor) -> list[Outcome]:
    """Try all failed systems of these runs again, of each if it is still at its version."""

    async def one(run_id: str) -> RunState:
        answer, version = Answer(kind=DecisionKind.RETRY), versions[run_id]
        return (await decisions.decide(service, run_id, answer, actor, if_version=version)).run

    return await _each(versions, one)


async def _each(
    run_ids: Iterable[str], verb: Callable[[str], Awaitable[RunState]]
) -> list[Outcome]:
    """One after the other: what one is refused keeps no other from it, but nothing goes on once
    the database is away."""
    outcomes: list[Outcome] = []
    away: StoreUnavailable | None = None
    for run_id in within(run_ids):
        try:
            if away is not None:
                raise away
            outcomes.append(Outcome(run_id, run=await verb(run_id)))
        except StoreUnavailable as error:
            away = error
            outcomes.append(Outcome(run_id, error=error))
        except RequestError as error:
            outcomes.append(Outcome(run_id, error=error))
    return outcomes
