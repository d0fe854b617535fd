"""Launching a run."""

from typing import NamedTuple

from domain.companies import UNNAMED
from domain.edits import chosen
from domain.errors import KeyReused
from domain.events import RunLaunched
from domain.ids import new_id
from domain.launches import LaunchRequest, Origin
from domain.runs import RunState
from domain.scopes import Scope
from server.lifecycle import audit, slugs
from server.lifecycle.service import Actor, Service
from server.store import log, runs
from server.store.transactions import Transaction


class Launched(NamedTuple):
    """The run, and whether it had been launched before by the same key."""

    run: RunState
    replayed: bool


async def launch(
    service: Service, request: LaunchRequest, actor: Actor, *, origin: Origin | None = None
) -> Launched:
    """Row, first event and doorbell in one transaction: a launch that returns survives any crash.

    One idempotency key is one run for ever; `KeyReused` when it comes with another request.
    `Overloaded` when too many wait already.
    """
    actor.require(Scope.OPERATOR)
    async with service.intake.place(), service.database.write() as tx:
        return await enter(service, tx, request, actor, origin=origin)


async def enter(
    service: Service,
    tx: Transaction,
    request: LaunchRequest,
    actor: Actor,
    *,
    origin: Origin | None = None,
) -> Launched:
    """The same within the caller's transaction, which must launch nothing else: two of them that
    launch the same in another order would wait for each other."""
    actor.require(Scope.OPERATOR)
    systems = chosen_systems(service, request)
    key = request.idempotency_key and runs.scoped_key(actor.tenant, request.idempotency_key)
    if key is not None:
        await tx.exclusively("launch", key)
        earlier = await runs.by_key(tx, key)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint(origin):
                raise KeyReused("This idempotency key was used for another request.")
            return Launched(earlier.run, replayed=True)
    await service.intake.admit(tx)
    company = UNNAMED
    if request.company_name is not None:
        company = await slugs.settle(tx, request.company_name, request.slug)
    company = request.about(company)
    run = await log.begin(
        tx,
        new_id("run"),
        RunLaunched(
            company=company, systems=systems, request=request, door=actor.door, origin=origin
        ),
        actor=actor.name,
        tenant=actor.tenant,
        idempotency_key=key,
        graph_version=service.graph_version,
    )
    forked = {"origin": origin.model_dump()} if origin else {}
    audit.note(tx, actor, "run.launch", run.run_id, systems=list(systems), **forked)
    await service.engine.wake(tx, run.run_id)
    service.changed(tx, run.run_id)
    return Launched(run, replayed=False)


async def launched(service: Service, idempotency_key: str, actor: Actor) -> RunState | None:
    """The run that this key has launched, if it has."""
    async with service.database.read() as tx:
        found = await runs.by_key(tx, runs.scoped_key(actor.tenant, idempotency_key))
    return found.run if found else None


def chosen_systems(service: Service, request: LaunchRequest) -> tuple[str, ...]:
    """The systems that are meant, in the order in which they are known."""
    if request.systems is None:
        return tuple(service.systems)
    return chosen(request.systems, service.systems)
