"""The calls to GitHub that are about one repository."""

from collections.abc import AsyncIterator

import httpx

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.github.models import (
    Collaborator,
    Property,
    Repository,
    RepositoryInvitation,
)
from systems.github.transport import Json, Transport


class RepositoryClient(Transport):
    """What is done to a repository and the people in it."""

    async def repository(self, full_name: str) -> Repository | None:
        """A repository by its present name; one that had the name earlier is not it."""
        found = await self._find(Repository, f"/repos/{full_name}")
        same = found is not None and found.full_name.lower() == full_name.lower()
        return found if same else None

    async def repository_by_id(self, repository_id: str) -> Repository | None:
        """A repository by its number, whatever its name is now."""
        return await self._find(Repository, f"/repositories/{repository_id}")

    async def generate(self, template: str, name: str, description: str) -> Repository:
        """A new private repository from a template; `AlreadyThere` when the name is taken."""
        body = {
            "owner": self._options.org,
            "name": name,
            "description": description,
            "private": True,
        }
        path = f"/repos/{template}/generate"
        return await self._ask(Repository, "POST", path, body=body, missing=ErrorCode.NOT_FOUND)

    async def create_repository(self, name: str, description: str) -> Repository:
        """A new private repository with a first commit; `AlreadyThere` when the name is taken."""
        body = {"name": name, "description": description, "private": True, "auto_init": True}
        return await self._ask(Repository, "POST", f"/orgs/{self._options.org}/repos", body=body)

    async def change_repository(self, full_name: str, changes: Json) -> None:
        """Change settings of a repository."""
        await self._send("PATCH", f"/repos/{full_name}", body=changes)

    async def has_branch(self, full_name: str, branch: str) -> bool:
        """False while the repository is still being filled."""
        try:
            await self._send("GET", f"/repos/{full_name}/branches/{branch}")
        except SystemFault as fault:
            if fault.error_code in (ErrorCode.NOT_FOUND, ErrorCode.NOT_READY):
                return False
            raise
        return True

    async def repository_invitations(self, full_name: str) -> AsyncIterator[RepositoryInvitation]:
        """The open invitations of people from outside into a repository."""
        async for one in self._pages(RepositoryInvitation, f"/repos/{full_name}/invitations"):
            yield one

    async def collaborator(self, full_name: str, login: str) -> Collaborator | None:
        """What a person may do in a repository, or None for who is not let in by name."""
        try:
            await self._send("GET", f"/repos/{full_name}/collaborators/{login}")
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise
        path = f"/repos/{full_name}/collaborators/{login}/permission"
        return await self._find(Collaborator, path)

    async def add_collaborator(self, full_name: str, login: str, permission: str) -> bool:
        """Let a person into a repository; True when they are invited by mail and must accept."""
        body = {"permission": permission}
        path = f"/repos/{full_name}/collaborators/{login}"
        answer = await self._send("PUT", path, body=body, missing=ErrorCode.NOT_FOUND)
        return answer.status_code == httpx.codes.CREATED

    async def remove_collaborator(self, full_name: str, login: str) -> None:
        """Shut a person out of a repository, or take an open invitation back."""
        await self._delete(f"/repos/{full_name}/collaborators/{login}")

    async def properties(self, full_name: str) -> dict[str, str | list[str] | None]:
        """The values of the custom properties of a repository."""
        path = f"/repos/{full_name}/properties/values"
        found = [one async for one in self._pages(Property, path)]
        return {one.property_name: one.value for one in found}

    async def set_property(self, full_name: str, name: str, value: object) -> None:
        """Set a custom property; None takes it away."""
        body: Json = {"properties": [{"property_name": name, "value": value}]}
        await self._send("PATCH", f"/repos/{full_name}/properties/values", body=body)
