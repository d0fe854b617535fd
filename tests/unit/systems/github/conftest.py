"""A GitHub client and its parts against a server that answers by script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from systems.github.client import GitHubClient
from systems.github.grant import TeamGrant
from systems.github.invitation import TeamInvitation
from systems.github.membership import TeamMembership
from systems.github.options import GitHubOptions
from systems.github.repository import CompanyRepository
from systems.github.team import CompanyTeam
from systems.variables import read
from tests.scripted_server import Script, scripted


@dataclass(frozen=True)
class Hub:
    script: Script
    options: GitHubOptions
    client: GitHubClient = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", GitHubClient(self.options))

    @property
    def teams(self) -> CompanyTeam:
        return CompanyTeam(self.client, self.options)

    @property
    def repositories(self) -> CompanyRepository:
        return CompanyRepository(self.client, self.options, pauses=(0.0, 0.0, 0.0))

    @property
    def grants(self) -> TeamGrant:
        return TeamGrant(self.client, self.options)

    @property
    def invitations(self) -> TeamInvitation:
        return TeamInvitation(self.client, self.options)

    @property
    def memberships(self) -> TeamMembership:
        return TeamMembership(self.client, self.options)

    def says(self, body: Any = None, status: int = 200, **rest: Any) -> "Hub":
        """The next answer."""
        self.script.then(status, body, **rest)
        return self

    def has_not(self) -> "Hub":
        """The next answer: there is no such thing, or none that we may see."""
        return self.says({"message": "Not Found", "status": "404"}, 404)

    @property
    def called(self) -> list[str]:
        """The requests, as method and path."""
        return [f"{asked.method} {asked.path}" for asked in self.script.asked]


def options(url: str = "http://127.0.0.1:1", **variables: str) -> GitHubOptions:
    """Valid options; `variables` replaces some, an empty one is unset."""
    given = {
        "GITHUB_ORG": "org",
        "GITHUB_TOKEN": "ghp_secret",
        "GITHUB_BASE_URL": url,
        "GITHUB_TEMPLATE": "template",
        "GITHUB_TIMEOUT_SECONDS": "20",
    }
    return read(GitHubOptions, given | variables)


def team(**fields: Any) -> dict[str, Any]:
    """A team as GitHub tells it: ours and secret."""
    plain = {"id": 5, "name": "partner-acme", "slug": "partner-acme", "privacy": "secret"}
    return plain | {"description": "Acme · agentos:co_1"} | fields


def repository(**fields: Any) -> dict[str, Any]:
    """A repository as GitHub tells it: ours and private."""
    name = fields.get("name", "partner-acme")
    plain = {"id": 7, "name": name, "full_name": f"org/{name}", "private": True}
    return plain | {"description": "Acme · agentos:co_1", "default_branch": "trunk"} | fields


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with scripted() as script:
        yield Hub(script, options(script.url))
