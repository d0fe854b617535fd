"""GitHub: a team, a repository, the grant between them, and people."""

import httpx

from domain.companies import Contact
from sandbox.seed import GITHUB_ORG, GITHUB_TOKEN
from tests.contract.harness import ACME, Case, Creating
from tests.sandbox_server import SandboxServer

NAME = "partner-acme-corp"
TEAM = Creating("team", "POST", r"/orgs/[^/]+/teams$", "team")
REPOSITORY = Creating("repository", "POST", r"/generate$", "repository", aside=True)
GRANT = Creating("grant", "PUT", r"/teams/[^/]+/repos/", "grant")
INVITATION = Creating("invitation", "POST", r"/invitations$", "invitation")
MEMBERSHIP = Creating("membership", "PUT", r"/memberships/", "membership")
COMPANY = ACME.model_copy(
    update={
        "contacts": (
            Contact(name="Dana", email="Dana@example.com"),
            Contact(name="Guest", github="octo-guest"),
        )
    }
)


def somebodys_team(server: SandboxServer) -> None:
    """A person made it, with a description that only quotes our mark."""
    httpx.post(
        f"{server.url}/github/orgs/{GITHUB_ORG}/teams",
        headers={"Authorization": f"Bearer {GITHUB_TOKEN}"},
        json={"name": NAME, "description": f"not {ACME.marker} at all"},
        trust_env=False,
    ).raise_for_status()


CASE = Case(
    system="github",
    sandbox="github",
    creating=(TEAM, REPOSITORY, GRANT, INVITATION, MEMBERSHIP),
    company=COMPANY,
    line=lambda refs: (
        f"GitHub provisioned for Acme Corp: team={NAME}, repository={GITHUB_ORG}/{NAME}"
    ),
    stranger=somebodys_team,
    timeout_variable="GITHUB_TIMEOUT_SECONDS",
)
