"""The people who are known by address only: invited by mail into the company's team."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from domain.companies import Company
from domain.errors import AlreadyThere
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import models, team
from systems.github.client import GitHubClient
from systems.github.naming import name
from systems.github.options import GitHubOptions
from systems.part import Found, Owner, made, needed


def addresses(company: Company) -> Mapping[str, str]:
    """The addresses of people without a GitHub handle, by `Change.resource`."""
    given = [one.email for one in company.contacts if one.email and not one.github]
    return {f"invitation:{_digest(address)}": address for address in given}


def _digest(address: str) -> str:
    return sha256(address.casefold().encode()).hexdigest()[:8]


class TeamInvitation:
    """GitHub shows open invitations only: that one was accepted is known from the ledger."""

    unique = False
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each person with an address and no handle; none is ever invented."""
        slug = name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{resource}",
                system="github",
                resource=resource,
                kind=ChangeKind.CREATE,
                target=f"{resource} to {self._options.org}/{slug}",
                summary=f"invite …@{address.rpartition('@')[2]} by mail to the team {slug}",
                after={"role": "direct_member"},
                undo=Undo.PARTIAL,
                sends_mail=True,
            )
            for resource, address in addresses(company).items()
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The open invitation of that address, or one that the ledger knows and nobody failed."""
        parent = refs.get(team.RESOURCE)
        if parent is None:
            return None
        address = addresses(company)[change.resource].casefold()
        async for one in self._client.team_invitations(parent.facts["slug"]):
            if _is_for(one, address):
                found = _resource(change, parent, one.id, pending=True)
                return Found(found, Owner.COMPANY, created_at=one.created_at)
        async for one in self._client.invitations():
            if _is_for(one, address):
                # Into the organisation, but not seen to lead into this team.
                found = _resource(change, parent, one.id, pending=True)
                return Found(found, Owner.UNMARKED, created_at=one.created_at)
        async for one in self._client.failed_invitations():
            if _is_for(one, address):
                return None
        return Found(_resource(change, parent, None, pending=False), Owner.LEDGER)

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Send the invitation; the person is in the team after accepting it."""
        parent = needed(refs, team.RESOURCE, f"GitHub has no team for {change.target}.")
        try:
            one = await self._client.invite(addresses(company)[change.resource], int(parent.id))
        except AlreadyThere as fault:
            raise AlreadyThere(
                fault.error_code,
                f"The person of {change.resource} is in {self._options.org} on GitHub already: "
                "name them by their GitHub handle.",
            ) from None
        sent = _resource(change, parent, one.id, pending=True)
        return sent.model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It has not failed; that it is not open any more means that it was answered."""
        address = addresses(company)[change.resource].casefold()
        resource = refs.get(change.resource)
        if resource is None:
            return [Difference(change.resource, "sent", "not sent")]
        async for one in self._client.failed_invitations():
            if str(one.id) == resource.facts.get("invitation") and _is_for(one, address):
                return [Difference(change.resource, "delivered", "failed")]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Cancel the invitation while it is open; who has accepted it is not put out."""
        target = entry.change.target
        number = made(entry).facts.get("invitation")
        if number and await self._client.cancel(number):
            return Undone(note=f"{target} was cancelled; its mail cannot be taken back")
        return Undone(
            note=f"{target} is not open any more; who accepted it stays in the organisation",
            left=True,
        )


def _is_for(one: models.Invitation, address: str) -> bool:
    return one.email is not None and one.email.casefold() == address


def _resource(change: Change, parent: Resource, number: int | None, *, pending: bool) -> Resource:
    return Resource(
        kind="invitation",
        id=f"{parent.id}/{change.resource}",
        label=change.resource,
        pending=pending,
        facts={"invitation": str(number)} if number else {},
    )
