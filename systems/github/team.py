"""The company's team, which nobody outside it sees."""

from collections.abc import Sequence

from domain.companies import Company
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import models
from systems.github.client import GitHubClient
from systems.github.naming import description, is_marked, name, owner_of
from systems.github.options import GitHubOptions
from systems.part import Found, made

RESOURCE = "team"
LONGEST_DESCRIPTION = 255
SECRET = "secret"  # noqa: S105  (GitHub's word for a team that only its members see)


class CompanyTeam:
    """GitHub keeps the slugs of an organisation's teams unique."""

    unique = True
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One team."""
        slug = name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{RESOURCE}",
                system="github",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=f"team {self._options.org}/{slug}",
                summary=f"create the secret team {slug} in {self._options.org}",
                after={"slug": slug, "privacy": SECRET, "marker": company.marker},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The team of that slug."""
        team = await self._client.team(name(company, self._options))
        if team is None:
            return None
        owner = owner_of(team.description, company)
        current = {"description": team.description, "privacy": team.privacy}
        return Found(_resource(team), owner, created_at=team.created_at, current=current)

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Create the team, empty."""
        text = description(company, LONGEST_DESCRIPTION)
        team = await self._client.create_team(name(company, self._options), text)
        return _resource(team).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It is there, marked and secret, and GitHub did not give it another slug."""
        resource = refs.get(RESOURCE)
        if resource is None:
            return [Difference("team", "there", "gone")]
        slug = resource.facts["slug"]
        if slug != change.after["slug"]:
            return [Difference("slug", change.after["slug"], slug)]
        team = await self._client.team(slug)
        if team is None or str(team.id) != resource.id:
            return [Difference("team", resource.id, str(team.id) if team else "gone")]
        wrong = []
        if "marker" in change.after and not is_marked(team.description, company):
            wrong.append(Difference("description", f"marked {company.marker}", "without the mark"))
        if team.privacy != change.after["privacy"]:
            wrong.append(Difference("privacy", change.after["privacy"], str(team.privacy)))
        return wrong

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Delete the team, whatever its slug is now.

        Other teams may have been put under one that is not secret any more; they would be deleted
        with it, and so it is left.
        """
        resource = made(entry)
        team = await self._client.team(resource.facts["slug"])
        if team is None or str(team.id) != resource.id:
            team = await self._client.team_by_id(int(resource.id))
        if team is None:
            return Undone(note=f"the team {resource.label} is gone")
        if team.privacy != SECRET:
            return Undone(
                note=f"the team {team.slug} stays, since somebody made it visible", left=True
            )
        await self._client.delete_team(team.slug)
        return Undone(note=f"the team {team.slug} was deleted")


def _resource(team: models.Team) -> Resource:
    return Resource(
        kind="team",
        id=str(team.id),
        url=team.html_url,
        label=team.slug,
        facts={"slug": team.slug},
    )
