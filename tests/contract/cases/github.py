"""GitHub: a team, a repository, the grant between them, and people."""

from collections.abc import Callable

import httpx

from domain.companies import Contact
from sandbox.seed import GITHUB_ORG, GITHUB_TOKEN
from tests.contract.harness import ACME, Case, Creating, Stranger
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


def put(what: str, description: str) -> Callable[[SandboxServer], None]:
    """A person makes it."""

    def post(server: SandboxServer) -> None:
        httpx.post(
            f"{server.url}/github/orgs/{GITHUB_ORG}/{what}",
            headers={"Authorization": f"Bearer {GITHUB_TOKEN}"},
            json={"name": NAME, "description": description, "privacy": "closed"},
            trust_env=False,
        ).raise_for_status()

    return post


QUOTED = f"not {ACME.marker} at all"
ANOTHER = "Globex · agentos:co_fedcba9876543210"


CASE = Case(
    system="github",
    sandbox="github",
    creating=(TEAM, REPOSITORY, GRANT, INVITATION, MEMBERSHIP),
    company=COMPANY,
    line=lambda refs: (
        f"GitHub provisioned for Acme Corp: team={NAME}, repository={GITHUB_ORG}/{NAME}"
    ),
    strangers=(
        Stranger("somebody's team", put("teams", QUOTED), "team"),
        Stranger("somebody's repository", put("repos", QUOTED), "repository"),
        Stranger("another company's team", put("teams", ANOTHER), "team", adoptable=False),
        Stranger("another's repository", put("repos", ANOTHER), "repository", adoptable=False),
    ),
    timeout_variable="GITHUB_TIMEOUT_SECONDS",
)
