"""One request to GitHub: who asks, and what its path names."""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from sandbox.control import store_of
from sandbox.github.answers import (
    NEW_VERSION,
    OLD_VERSION,
    GitHubError,
    Moved,
    answer,
    not_found,
    now,
    paged,
    version,
)
from sandbox.store import Body, Store

ORG = ("/orgs/{org}",)
TEAM = ("/orgs/{org}/teams/{slug}", "/organizations/{org_id}/team/{team_id}")
REPOSITORY = ("/repos/{owner}/{name}", "/repositories/{repository_id}")
"""A renamed repository is redirected to its number, where everything below it works too."""


@dataclass(frozen=True)
class Call:
    """`org`, `team`, `repository` raise 404 where there is nothing of the path's name."""

    request: Request
    store: Store

    @property
    def origin(self) -> str:
        return str(self.request.base_url).rstrip("/")

    @property
    def org(self) -> Body:
        given = {self._named(name) for name in ("org", "owner", "org_id")} - {None}
        for org in self.store.all("github", "org"):
            if given <= {org["login"].lower(), str(org["id"])}:
                return org
        raise not_found()

    @property
    def team(self) -> Body:
        """By slug, or by number under `/organizations/{org_id}/team/{team_id}`."""
        slug, number, _ = self._named("slug"), self._named("team_id"), self.org
        for team in self.store.all("github", "team"):
            if team["slug"] == slug or str(team["id"]) == number:
                return team
        raise not_found()

    @property
    def repository(self) -> Body:
        """By name or number; `Moved` for the name it had before a rename (octokit's fixtures)."""
        number, name, _ = self._named("repository_id"), self._named("name"), self.org
        every = self.store.all("github", "repository")
        for found in every:
            if found["name"].lower() == name or str(found["id"]) == number:
                return found
        for found in every:
            if name in [one.lower() for one in found["former_names"]]:
                raise Moved(self.request.method, self._address(found["id"]))
        raise not_found()

    @property
    def writable(self) -> Body:
        """The repository, unless it is archived: then 403 (issue cli/cli #7176)."""
        found = self.repository
        if found["archived"]:
            raise GitHubError(403, "Repository was archived so is read-only.")
        return found

    @property
    def is_newest(self) -> bool:
        """Whether the version is 2026-03-10, which leaves out some fields."""
        return version(self.request) == NEW_VERSION

    def user(self, login: str) -> Body:
        """A person by login."""
        found = self.store.get("github", "user", login.lower())
        if found is None:
            raise not_found()
        return found

    async def body(self) -> Body:
        """The JSON object that was sent; none at all is an empty one."""
        try:
            data = json.loads(await self.request.body() or b"{}")
        except ValueError:
            raise GitHubError(400, "Problems parsing JSON") from None
        if not isinstance(data, dict):
            raise GitHubError(422, "Invalid request.\n\nThe body is not an object.")
        return data

    def answer(self, status: int, body: object = None) -> Response:
        return answer(self.request, status, body)

    def paged(self, items: list[Body]) -> Response:
        return paged(self.request, items)

    def _named(self, name: str) -> str | None:
        """What the path gives under this name, in lower case."""
        given = self.request.path_params.get(name)
        return None if given is None else str(given).lower()

    def _address(self, number: int) -> str:
        path = self.request.path_params
        stem = f"/repos/{path['owner']}/{path['name']}"
        rest = self.request.url.path.partition(stem)[2]
        query = f"?{self.request.url.query}" if self.request.url.query else ""
        return f"{self.origin}/github/repositories/{number}{rest}{query}"


async def _call(request: Request) -> Call:
    """Lets in who has a token that is known and has not expired."""
    if version(request) not in (OLD_VERSION, NEW_VERSION):
        raise GitHubError(400, f"{version(request)} is not a supported API version.")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    store = store_of(request)
    known = store.get("github", "token", token) if scheme.lower() in ("bearer", "token") else None
    if known is None or (known["expires_at"] and known["expires_at"] <= now()):
        raise GitHubError(401, "Bad credentials")
    return Call(request, store)


Asked = Annotated[Call, Depends(_call)]
