"""What a run does beside its own plan, as the person who launched it."""

from dataclasses import dataclass

from domain.companies import Company
from domain.launches import LaunchRequest
from domain.runs import RunState
from domain.scopes import Scope
from server.lifecycle import launches, slugs
from server.lifecycle.service import Actor, Service
from server.store import runs


@dataclass(frozen=True)
class RunDesk:
    """See `domain.ports.Desk`."""

    service: Service
    run: RunState

    async def settle(self, name: str, slug: str | None) -> Company:
        """The company that this name means, known or new."""
        async with self.service.database.write() as tx:
            return await slugs.settle(tx, name, slug)

    async def launch(self, request: LaunchRequest) -> str:
        """A run for the same person and tenant, through the same door as any other."""
        async with self.service.database.read() as tx:
            tenant = await runs.tenant_of(tx, self.run.run_id)
        actor = Actor(
            self.run.launched_by, "request", tenant=tenant, scopes=frozenset({Scope.OPERATOR})
        )
        return (await launches.launch(self.service, request, actor)).run.run_id
