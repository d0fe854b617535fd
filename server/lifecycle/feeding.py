"""Carrying out batches: one row, or one wish, at a time, in a transaction of its own.

Any process may do it, and any number at once: a row that one of them has is passed over by others.
"""

from domain.batches import Wish
from domain.decisions import Answer, DecisionKind
from domain.errors import Overloaded, RequestError
from server.lifecycle import cancels, decisions, launches, proposals
from server.lifecycle.batches import DOOR
from server.lifecycle.service import Actor, Service
from server.store import batches, runs
from server.store.batches import Wished

ROOM = 64
"""Runs that may wait to be planned: who launches a single one waits behind no more than these."""

_ANSWERS = {Wish.APPROVE: DecisionKind.APPROVE, Wish.RETRY: DecisionKind.RETRY}


async def feed(service: Service) -> int:
    """Do what can be done now; returns how much that was, 0 when there is nothing to do."""
    return await _wishes(service) + await _launches(service) + await _confirmed(service)


async def _confirmed(service: Service) -> int:
    """What a person has confirmed in a chat whose turn did not come to its end."""
    done = 0
    try:
        while done < ROOM and await proposals.carry_out(service):
            done += 1
    except Overloaded:
        pass  # it waits for room, as the rows of batches do
    return done


async def _launches(service: Service) -> int:
    async with service.database.read() as tx:
        room = ROOM - await runs.count_queued(tx, at_most=ROOM)
    for number in range(room):
        try:
            if not await _launch(service):
                return number
        except Overloaded:
            return number
    return max(room, 0)


async def _launch(service: Service) -> bool:
    """Launch the next row. The row and its run are one transaction: it is launched once."""
    async with service.database.write() as tx:
        ready = await batches.next_ready(tx)
        if ready is None:
            return False
        at = (ready.batch_id, ready.line)
        try:
            async with tx.session.begin_nested():  # a refusal half-way leaves nothing behind
                actor = Actor.restored(ready.created_by, DOOR)
                run, replayed = await launches.enter(service, tx, ready.request, actor)
        except RequestError as error:
            await batches.refused(tx, *at, getattr(error, "field", ""), error.message)
        else:
            await batches.launched(tx, *at, run.run_id, here=not replayed)
    return True


async def _wishes(service: Service) -> int:
    done = 0
    while done < ROOM and await _fulfil(service):
        done += 1
    return done


async def _fulfil(service: Service) -> bool:
    """What is done twice, after a crash in between, is a repeat of the same decision."""
    async with service.database.write() as tx:
        wished = await batches.next_wished(tx)
    if wished is None:
        return False
    problem = None
    try:
        await _do(service, wished)
    except RequestError as error:
        problem = error.message
    async with service.database.write() as tx:
        await batches.fulfilled(tx, wished.batch_id, wished.line, problem)
    return True


async def _do(service: Service, wished: Wished) -> None:
    actor = Actor.restored(wished.wished_by, DOOR)
    if wished.wish is Wish.CANCEL:
        await cancels.cancel(service, wished.run_id, actor)
        return
    answer = Answer(kind=_ANSWERS[wished.wish])
    await decisions.decide(service, wished.run_id, answer, actor, if_version=wished.version)
