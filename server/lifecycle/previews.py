"""Plans without a run: what a launch would propose now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.companies import Company
from domain.edits import chosen
from domain.errors import Invalid, SystemFault
from domain.events import WorkflowEvent
from domain.launches import LaunchRequest
from domain.plans import Change
from domain.ports import Words
from domain.readings import About
from domain.scopes import Scope
from nodes.understanding import meant_for, request_for, understood
from server.lifecycle import slugs
from server.lifecycle.launches import chosen_systems
from server.lifecycle.service import Actor, Service
from server.store.effects import reading_ledger


@dataclass(frozen=True)
class Proposed:
    """What would be done, where, for whom; without a digest, since nobody can approve it."""

    company: Company
    systems: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Preview:
    """One plan for each company that is meant, and the `question` that a launch would ask first.

    `notes` are told to whoever approves. Without plans the question has to be answered before.
    """

    plans: tuple[Proposed, ...]
    question: str | None = None
    notes: tuple[str, ...] = ()


class _NoJournal:
    """See `domain.ports.Journal`: nothing of a preview is kept."""

    async def emit(self, event: WorkflowEvent, *, key: str) -> WorkflowEvent:
        return event

    async def emit_all(self, events: Mapping[str, WorkflowEvent]) -> Sequence[WorkflowEvent]:
        return list(events.values())


async def preview(service: Service, request: LaunchRequest, actor: Actor) -> Preview:
    """Read the request and the systems and tell; nothing is written anywhere, here or there.

    A system that cannot be read is shown as blocked, as in a plan; it is not asked a second time.
    """
    actor.require(Scope.OPERATOR)
    names = chosen_systems(service, request)
    if request.request and service.reader is not None:
        return await _in_words(service, request)
    if request.company_name is None:
        raise Invalid(
            "company_name is missing.",
            field="company_name",
            advice="Give it for a preview; a launch reads it from the request.",
        )
    return Preview((await _proposed(service, request, names, request.company_name),))


async def _in_words(service: Service, launch: LaunchRequest) -> Preview:
    """As a launch reads it: by the same reader, under the same rules."""
    assert service.reader is not None  # noqa: S101 - for the type checker; the caller has looked
    words = Words("preview", launch)
    read = await service.reader.read(words, _NoJournal())
    reading = understood(read, words, list(service.systems))
    if reading.question and reading.about is not About.SEVERAL:
        return Preview((), reading.question, reading.notes)
    plans = []
    for number, one in enumerate(reading.companies):
        first = number == 0
        people = (*launch.contacts, *one.contacts) if first else one.contacts
        request = request_for(one, launch, contacts=people)
        if first:
            request = request.model_copy(update={"slug": launch.slug})
        name = launch.company_name or one.name
        systems = chosen(one.systems, service.systems)
        plans.append(_proposed(service, request, systems, name))
    return Preview(tuple(await asyncio.gather(*plans)), reading.question, reading.notes)


async def _proposed(
    service: Service, request: LaunchRequest, systems: tuple[str, ...], name: str
) -> Proposed:
    async with service.database.read() as tx:
        company = await slugs.propose(tx, name, request.slug)
    company = request.about(company)
    found = await asyncio.gather(
        *(_read(service, each, meant_for(each, company)) for each in systems)
    )
    return Proposed(company, systems, tuple(change for changes in found for change in changes))


async def _read(service: Service, name: str, company: Company) -> list[Change]:
    system = service.systems[name]
    try:
        ledger = reading_ledger(service.database, company.company_id)
        return list(await system.plan(company, ledger))
    except SystemFault as fault:
        return list(system.blocked(company, f"{fault.message} {fault.advice}"))
