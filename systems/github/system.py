"""GitHub: the company's team and repository, what the one may do in the other, and people."""

from collections.abc import Mapping

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.ports import System
from domain.steps import Resource
from systems.connector import Connector
from systems.github import repository, team
from systems.github.client import GitHubClient
from systems.github.collaborator import RepositoryCollaborator
from systems.github.grant import TeamGrant
from systems.github.invitation import TeamInvitation
from systems.github.membership import TeamMembership
from systems.github.naming import full_name, name
from systems.github.options import Access, GitHubOptions
from systems.github.property import RepositoryProperty
from systems.part import Part
from systems.variables import read

RANK = 20
PREFIXES = ("GITHUB_",)


def build(options: Mapping[str, str]) -> System:
    """The connector; `BadSetting` if a variable is wrong. Opens no connection."""
    settings = read(GitHubOptions, options)
    client = GitHubClient(settings)
    labelled = RepositoryProperty(client, settings)
    place = repository.CompanyRepository(client, settings)

    async def ready() -> str:
        org = await client.check()
        client.rights.check()
        await labelled.check_defined()
        rights = "; no right is missing" if client.rights.told else ""
        template = settings.template_name
        if template is None:
            return f"GitHub accepts the credential and shows {org.login}{rights}."
        found = await client.repository(template)
        if found is None or not found.is_template:
            raise NeedsPerson(
                ErrorCode.NOT_FOUND,
                f"GitHub shows no template repository {template}.",
                instructions="Make it a template that the credential can read, "
                "or correct GITHUB_TEMPLATE.",
            )
        return f"GitHub accepts the credential and shows {org.login} and {template}{rights}."

    def said(company: Company, refs: Mapping[str, Resource]) -> str:
        group, found = refs.get(team.RESOURCE), refs.get(repository.RESOURCE)
        slug = group.label if group else name(company, settings)
        path = found.label if found else full_name(company, settings)
        whose = f"team={slug}, " if settings.access is Access.TEAM else ""
        return f"GitHub provisioned for {company.name}: {whose}repository={path}"

    by_team: tuple[Part, ...] = (
        team.CompanyTeam(client, settings),
        place,
        TeamGrant(client, settings),
        labelled,
        TeamInvitation(client, settings),
        TeamMembership(client, settings),
    )
    by_name: tuple[Part, ...] = (place, labelled, RepositoryCollaborator(client, settings))

    return Connector(
        name="github",
        parts=by_team if settings.access is Access.TEAM else by_name,
        ready=ready,
        said=said,
    )
