"""What the company's team may do in its repository."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import Refused
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import repository, team
from systems.github.client import GitHubClient
from systems.github.naming import full_name, level, name
from systems.github.options import GitHubOptions
from systems.part import Found, Owner, made

RESOURCE = "grant"


class TeamGrant:
    """A setting of the pair of team and repository: setting it twice is setting it once."""

    unique = False
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One permission."""
        slug, path = name(company, self._options), full_name(company, self._options)
        permission = level(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{RESOURCE}",
                system="github",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=f"team {slug} on {path}",
                summary=f"give the team {slug} the permission {permission} on {path}",
                after={"permission": permission},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The permission that the team has; a server that tells none is taken at its word."""
        place = _place(refs)
        grant = await self._client.grant(*place) if place else None
        if place is None or grant is None:
            return None
        actual = grant.permission or change.after["permission"]
        return Found(
            _resource(*place),
            Owner.SETTING,
            same=actual == change.after["permission"],
            current={"permission": actual},
        )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Set the permission."""
        place = _place(refs)
        if place is None:
            raise Refused(ErrorCode.NOT_FOUND, f"GitHub has nothing to grant for {change.target}.")
        await self._client.set_grant(*place, change.after["permission"])
        return _resource(*place).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The team has this permission."""
        expected = change.after["permission"]
        found = await self.find(company, change, refs)
        if found is None:
            return [Difference("permission", expected, "none")]
        if not found.same:
            return [Difference("permission", expected, found.current["permission"])]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Give back the permission that was there before, or none."""
        facts, target = made(entry).facts, entry.change.target
        if entry.change.before is None:
            await self._client.remove_grant(facts["slug"], facts["full_name"])
            return Undone(note=f"the permission of {target} was removed")
        if await self._client.grant(facts["slug"], facts["full_name"]) is None:
            return Undone(note=f"the permission of {target} is gone")
        before = str(entry.change.before["permission"])
        await self._client.set_grant(facts["slug"], facts["full_name"], before)
        return Undone(note=f"the permission of {target} is {before} as before")


def _place(refs: Refs) -> tuple[str, str] | None:
    owner, place = refs.get(team.RESOURCE), refs.get(repository.RESOURCE)
    return (owner.facts["slug"], place.facts["full_name"]) if owner and place else None


def _resource(slug: str, path: str) -> Resource:
    return Resource(
        kind="grant",
        id=f"{slug}/{path}",
        label=f"{slug} on {path}",
        facts={"slug": slug, "full_name": path},
    )
