"""The people with a GitHub handle: let into the repository by name, and into nothing else."""

from collections.abc import Sequence

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import repository
from systems.github.client import GitHubClient
from systems.github.naming import full_name, handles, level
from systems.github.options import GitHubOptions
from systems.part import Found, Owner, made, needed

_PREFIX = "collaborator:"


class RepositoryCollaborator:
    """A setting of the pair of repository and person: setting it twice is setting it once."""

    unique = False
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each handle."""
        path, permission = full_name(company, self._options), level(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{_PREFIX}{login}",
                system="github",
                resource=f"{_PREFIX}{login}",
                kind=ChangeKind.CREATE,
                target=f"{login} in {path}",
                summary=f"let {login} into {path} with the permission {permission}, "
                "with an invitation by mail",
                after={"permission": permission},
                undo=Undo.PARTIAL,
                sends_mail=True,
            )
            for login in handles(company)
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """What the person may do, or will once they accept; an expired invitation is none."""
        place = refs.get(repository.RESOURCE)
        if place is None:
            return None
        path, login = place.facts["full_name"], _login(change)
        async for one in self._client.repository_invitations(path):
            if one.invitee and one.invitee.login.lower() == login and not one.expired:
                return _found(change, place, one.permission, pending=True)
        person = await self._client.collaborator(path, login)
        return _found(change, place, person.permission, pending=False) if person else None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Let the person in; it is read back whether they have to accept first."""
        place = needed(refs, repository.RESOURCE, f"GitHub has no repository for {change.target}.")
        path, permission = place.facts["full_name"], change.after["permission"]
        pending = await self._client.add_collaborator(path, _login(change), permission)
        resource = _resource(change, place, pending=pending)
        return resource.model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The person may do this, or was asked to."""
        expected = change.after["permission"]
        found = await self.find(company, change, refs)
        actual = found.current["permission"] if found else "none"
        return [] if actual == expected else [Difference("permission", expected, str(actual))]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Shut the person out, or give back what they could do before; no mail is sent for it."""
        path, login = made(entry).facts["full_name"], _login(entry.change)
        if entry.change.before is None:
            await self._client.remove_collaborator(path, login)
            return Undone(note=f"{entry.change.target} was shut out again")
        permission = str(entry.change.before["permission"])
        await self._client.add_collaborator(path, login, permission)
        return Undone(note=f"the permission of {entry.change.target} is {permission} as before")


def _login(change: Change) -> str:
    return change.resource.removeprefix(_PREFIX)


def _found(change: Change, place: Resource, permission: str, *, pending: bool) -> Found:
    return Found(
        _resource(change, place, pending=pending),
        Owner.SETTING,
        same=permission == change.after["permission"],
        current={"permission": permission},
    )


def _resource(change: Change, place: Resource, *, pending: bool) -> Resource:
    return Resource(
        kind="collaborator",
        id=f"{place.id}/{change.resource}",
        url=place.url,
        label=_login(change),
        pending=pending,
        facts={"full_name": place.facts["full_name"]},
    )
