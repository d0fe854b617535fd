"""Plans without a run: what a launch would propose now."""

import asyncio
from dataclasses import dataclass

from domain.companies import Company
from domain.errors import Invalid, SystemFault
from domain.launches import LaunchRequest
from domain.plans import Change
from domain.scopes import Scope
from server.lifecycle import slugs
from server.lifecycle.launches import chosen_systems
from server.lifecycle.service import Actor, Service
from server.store.effects import reading_ledger


@dataclass(frozen=True)
class Preview:
    """What would be done, where, for whom; without a digest, since nobody can approve it."""

    company: Company
    systems: tuple[str, ...]
    changes: tuple[Change, ...]


async def preview(service: Service, request: LaunchRequest, actor: Actor) -> Preview:
    """Read the systems and tell; nothing is written anywhere, here or there.

    A system that cannot be read is shown as blocked, as in a plan; it is not asked a second time.
    """
    actor.require(Scope.OPERATOR)
    if request.company_name is None:
        raise Invalid(
            "company_name is missing.",
            field="company_name",
            advice="Give it for a preview; a launch reads it from the request.",
        )
    names = chosen_systems(service, request)
    async with service.database.read() as tx:
        company = await slugs.propose(tx, request.company_name, request.slug)
    company = request.about(company)
    found = await asyncio.gather(*(_read(service, name, company) for name in names))
    return Preview(company, names, tuple(change for changes in found for change in changes))


async def _read(service: Service, name: str, company: Company) -> list[Change]:
    system = service.systems[name]
    try:
        ledger = reading_ledger(service.database, company.company_id)
        return list(await system.plan(company, ledger))
    except SystemFault as fault:
        return list(system.blocked(company, f"{fault.message} {fault.advice}"))
