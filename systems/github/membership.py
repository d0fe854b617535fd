"""The people with a GitHub handle: put into the company's team."""

from collections.abc import Sequence

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import team
from systems.github.client import GitHubClient
from systems.github.naming import handles, name
from systems.github.options import GitHubOptions
from systems.part import Found, Owner, made, needed

_PREFIX = "membership:"


class TeamMembership:
    """A setting of the pair of team and person: setting it twice is setting it once."""

    unique = False
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each handle."""
        slug = name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{_PREFIX}{login}",
                system="github",
                resource=f"{_PREFIX}{login}",
                kind=ChangeKind.CREATE,
                target=f"{login} in {self._options.org}/{slug}",
                summary=f"put {login} into the team {slug}, with an invitation by mail if needed",
                after={"role": "member"},
                undo=Undo.PARTIAL,
                sends_mail=True,
            )
            for login in handles(company)
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The person's place in the team; pending until they accept."""
        parent = refs.get(team.RESOURCE)
        if parent is None:
            return None
        place = await self._client.membership(parent.facts["slug"], _login(change))
        if place is None:
            return None
        return Found(_resource(change, parent, place.state), Owner.SETTING)

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Put the person into the team."""
        parent = needed(refs, team.RESOURCE, f"GitHub has no team for {change.target}.")
        place = await self._client.add_member(parent.facts["slug"], _login(change))
        return _resource(change, parent, place.state).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The person is in the team, or asked to be."""
        if await self.find(company, change, refs):
            return []
        return [Difference("member", _login(change), "absent")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Take the person out of the team; the organisation is not ours to put them out of."""
        await self._client.remove_member(made(entry).facts["slug"], _login(entry.change))
        return Undone(
            note=f"{entry.change.target} was taken out; a place in the organisation stays"
        )


def _login(change: Change) -> str:
    return change.resource.removeprefix(_PREFIX)


def _resource(change: Change, parent: Resource, state: str) -> Resource:
    return Resource(
        kind="membership",
        id=f"{parent.id}/{change.resource}",
        label=_login(change),
        pending=state == "pending",
        facts={"slug": parent.facts["slug"]},
    )
