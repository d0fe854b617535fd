"""The calls to GitHub: the organisation, its teams and the people in them."""

from collections.abc import AsyncIterator

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.github.models import (
    Grant,
    Invitation,
    Membership,
    Organization,
    PropertySchema,
    Team,
)
from systems.github.options import GitHubOptions
from systems.github.repository_client import RepositoryClient
from systems.github.transport import parse

WITH_PERMISSIONS = "application/vnd.github.v3.repository+json"


class GitHubClient(RepositoryClient):
    """All that is asked of GitHub."""

    def __init__(self, options: GitHubOptions) -> None:
        super().__init__(options)
        self._org: Organization | None = None

    async def organization(self) -> Organization:
        """The configured organisation; asked once."""
        return self._org or await self.check()

    async def check(self) -> Organization:
        """The configured organisation, asked anew; fault NOT_FOUND when there is none."""
        self._org = await self._ask(Organization, "GET", f"/orgs/{self._options.org}")
        return self._org

    async def team(self, slug: str) -> Team | None:
        """A team by its slug."""
        return await self._find(Team, f"/orgs/{self._options.org}/teams/{slug}")

    async def team_by_id(self, team_id: int) -> Team | None:
        """A team by its number, whatever its slug is now."""
        org = await self.organization()
        return await self._find(Team, f"/organizations/{org.id}/team/{team_id}")

    async def create_team(self, name: str, description: str) -> Team:
        """A new secret team; `AlreadyThere` when the name is taken."""
        body = {"name": name, "description": description, "privacy": "secret"}
        return await self._ask(Team, "POST", f"/orgs/{self._options.org}/teams", body=body)

    async def delete_team(self, slug: str) -> None:
        """Delete a team; one that is gone stays so."""
        await self._delete(f"/orgs/{self._options.org}/teams/{slug}")

    async def grant(self, slug: str, full_name: str) -> Grant | None:
        """What a team may do in a repository, or None when it has nothing to do with it."""
        try:
            answer = await self._send("GET", self._grant(slug, full_name), accept=WITH_PERMISSIONS)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise
        return parse(Grant, answer, "GET") if answer.content else Grant()

    async def set_grant(self, slug: str, full_name: str, permission: str) -> None:
        """Let a team into a repository."""
        await self._send("PUT", self._grant(slug, full_name), body={"permission": permission})

    async def remove_grant(self, slug: str, full_name: str) -> None:
        """Shut a team out of a repository; one that is out stays so."""
        await self._delete(self._grant(slug, full_name))

    def _grant(self, slug: str, full_name: str) -> str:
        return f"/orgs/{self._options.org}/teams/{slug}/repos/{full_name}"

    async def invitations(self) -> AsyncIterator[Invitation]:
        """The organisation's open invitations."""
        async for one in self._pages(Invitation, f"/orgs/{self._options.org}/invitations"):
            yield one

    async def team_invitations(self, slug: str) -> AsyncIterator[Invitation]:
        """The open invitations that lead into a team."""
        async for one in self._pages(
            Invitation, f"/orgs/{self._options.org}/teams/{slug}/invitations"
        ):
            yield one

    async def failed_invitations(self) -> AsyncIterator[Invitation]:
        """The organisation's invitations that expired or could not be delivered."""
        async for one in self._pages(Invitation, f"/orgs/{self._options.org}/failed_invitations"):
            yield one

    async def invite(self, email: str, team_id: int) -> Invitation:
        """Send an invitation; each call sends a mail."""
        body = {"email": email, "role": "direct_member", "team_ids": [team_id]}
        path = f"/orgs/{self._options.org}/invitations"
        return await self._ask(Invitation, "POST", path, body=body)

    async def cancel(self, invitation_id: str) -> bool:
        """Take back an invitation; False when it is not open any more."""
        return await self._delete(f"/orgs/{self._options.org}/invitations/{invitation_id}")

    async def membership(self, slug: str, login: str) -> Membership | None:
        """A person's place in a team."""
        return await self._find(Membership, self._membership(slug, login))

    async def add_member(self, slug: str, login: str) -> Membership:
        """Put a person into a team; who is not in the organisation is invited by mail."""
        body = {"role": "member"}
        path = self._membership(slug, login)
        return await self._ask(Membership, "PUT", path, body=body, missing=ErrorCode.NOT_FOUND)

    async def remove_member(self, slug: str, login: str) -> None:
        """Take a person out of a team; who is out stays so."""
        await self._delete(self._membership(slug, login))

    def _membership(self, slug: str, login: str) -> str:
        return f"/orgs/{self._options.org}/teams/{slug}/memberships/{login}"

    async def property_names(self) -> frozenset[str]:
        """The custom properties that the organisation has defined."""
        path = f"/orgs/{self._options.org}/properties/schema"
        return frozenset([one.property_name async for one in self._pages(PropertySchema, path)])
