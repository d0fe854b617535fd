"""The calls to GitHub, through githubkit."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
from githubkit import AppInstallationAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.cache import MemCacheStrategy
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.deadline import before, deadline
from systems.github.faults import garbled, refused, translate, whole_seconds
from systems.github.models import (
    Grant,
    Invitation,
    Membership,
    Organization,
    Repository,
    Team,
)
from systems.github.options import GitHubOptions, credential
from systems.github.rights import Rights
from systems.per_loop import PerLoop

API_VERSION = "2022-11-28"
"""The one that GitHub Enterprise Servers speak too."""

PAGE_SIZE = 100
WITH_PERMISSIONS = "application/vnd.github.v3.repository+json"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_INVITATIONS = TypeAdapter(list[Invitation])

Json = dict[str, Any]


class GitHubClient:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection.

    `rights` are known once something was asked.
    """

    def __init__(self, options: GitHubOptions) -> None:
        self._options = options
        self._credential = credential(options)
        self.rights = Rights()
        self._api = PerLoop(self._connect)
        self._org: Organization | None = None

    def _connect(self) -> GitHub[TokenAuthStrategy] | GitHub[AppInstallationAuthStrategy]:
        settings: Json = {
            "base_url": self._options.base_url,
            "timeout": self._options.timeout_seconds,
            # Made once: otherwise each request would read all certificates anew.
            "ssl_verify": httpx.create_ssl_context(),
            "http_cache": False,
            "auto_retry": False,
            "follow_redirects": False,
            "trust_env": urlsplit(self._options.base_url).hostname not in _LOOPBACK,
            "async_event_hooks": {"response": [whole_seconds, self.rights.hear]},
            # The default one is shared by all servers, and would mix up their tokens.
            "cache_strategy": MemCacheStrategy(),
        }
        if isinstance(self._credential, SecretStr):
            return GitHub(TokenAuthStrategy(self._credential.get_secret_value()), **settings)
        app = self._credential
        return GitHub(
            AppInstallationAuthStrategy(app.app_id, app.private_key, app.installation_id),
            **settings,
        )

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

    async def grant(self, slug: str, full_name: str) -> Grant | None:
        """What a team may do in a repository, or None when it has nothing to do with it."""
        try:
            answer = await self._send("GET", self._grant(slug, full_name), accept=WITH_PERMISSIONS)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise
        return _parse(Grant, answer, "GET") if answer.content else Grant()

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
        async for one in self._pages(f"/orgs/{self._options.org}/invitations"):
            yield one

    async def team_invitations(self, slug: str) -> AsyncIterator[Invitation]:
        """The open invitations that lead into a team."""
        async for one in self._pages(f"/orgs/{self._options.org}/teams/{slug}/invitations"):
            yield one

    async def failed_invitations(self) -> AsyncIterator[Invitation]:
        """The organisation's invitations that expired or could not be delivered."""
        async for one in self._pages(f"/orgs/{self._options.org}/failed_invitations"):
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

    async def _pages(self, path: str) -> AsyncIterator[Invitation]:
        number = 1
        while True:
            query = {"per_page": PAGE_SIZE, "page": number}
            answer = await self._send("GET", path, query=query)
            try:
                items = _INVITATIONS.validate_json(answer.content)
            except ValidationError:
                raise garbled(f"GitHub (GET {path})", writes=False) from None
            for item in items:
                yield item
            if not items or "next" not in answer.links:
                return
            number += 1

    async def _find[Answer: BaseModel](self, model: type[Answer], path: str) -> Answer | None:
        try:
            return await self._ask(model, "GET", path)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise

    async def _delete(self, path: str) -> bool:
        """Whether there was anything to delete."""
        try:
            await self._send("DELETE", path, missing=ErrorCode.NOT_FOUND)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return False
            raise
        return True

    async def _ask[Answer: BaseModel](
        self,
        model: type[Answer],
        method: str,
        path: str,
        *,
        body: Json | None = None,
        missing: ErrorCode | None = None,
    ) -> Answer:
        answer = await self._send(method, path, body=body, missing=missing)
        return _parse(model, answer, method)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Json | None = None,
        accept: str = "application/vnd.github+json",
        missing: ErrorCode | None = None,
    ) -> httpx.Response:
        label, writes = f"GitHub ({method} {path})", method != "GET"
        headers = {"Accept": accept, "X-GitHub-Api-Version": API_VERSION}
        try:
            async with before(deadline(self._options.timeout_seconds)):
                answer = await self._api.get().arequest(
                    method, path, json=body, params=query, headers=headers
                )
        except Exception as error:  # noqa: BLE001  (the client lets through what its parser meets)
            # Cut off from its cause, whose text may hold what was sent.
            raise translate(error, label, writes=writes, missing=missing) from None
        raw = answer.raw_response
        if not raw.is_success:
            raise refused(raw, label, writes=writes, missing=missing)
        if not _is_json(raw):
            raise garbled(label, writes=writes)
        return raw


def _is_json(answer: httpx.Response) -> bool:
    """An empty answer is one; a page of a proxy that stands between is none."""
    try:
        return not answer.content or answer.json() is not None
    except ValueError:
        return False


def _parse[Answer: BaseModel](model: type[Answer], answer: httpx.Response, method: str) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError:
        label = f"GitHub ({method} {answer.request.url.path})"
        raise garbled(label, writes=method != "GET") from None
