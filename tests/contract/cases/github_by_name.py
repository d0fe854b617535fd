"""GitHub without a team: a repository with a property, and people who are let in by name."""

from domain.companies import Contact
from sandbox.seed import GITHUB_ORG
from tests.contract.cases.github import NAME, REPOSITORY
from tests.contract.harness import ACME, Case, Creating

COLLABORATOR = Creating("collaborator", "PUT", r"/collaborators/", "collaborator")

CASE = Case(
    system="github",
    sandbox="github",
    creating=(REPOSITORY, COLLABORATOR),
    company=ACME.model_copy(update={"contacts": (Contact(name="Guest", github="octo-guest"),)}),
    line=lambda refs: f"GitHub provisioned for Acme Corp: repository={GITHUB_ORG}/{NAME}",
    variables={"GITHUB_ACCESS": "collaborators", "GITHUB_PROPERTY": "agentos_company"},
    timeout_variable="GITHUB_TIMEOUT_SECONDS",
)
