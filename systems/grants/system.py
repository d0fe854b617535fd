"""The grants system, over the CommonGrants protocol."""

from collections.abc import Mapping

from domain.companies import Company
from domain.ports import System
from domain.steps import Resource
from systems.connector import Connector
from systems.grants.application import RESOURCE, CompanyApplication
from systems.grants.client import GrantsClient
from systems.grants.options import GrantsOptions
from systems.variables import read

RANK = 40
PREFIXES = ("GRANTS_",)


def build(options: Mapping[str, str]) -> System:
    """The connector; `BadSetting` if a variable is wrong. Opens no connection."""
    settings = read(GrantsOptions, options)
    client = GrantsClient(settings)
    application = CompanyApplication(client, settings)

    async def ready() -> str:
        await application.check_open()
        if application.can_look_up:
            await client.check_search()
        return (
            "The grants system accepts the token; the competition "
            f"{settings.competition_id} is open."
        )

    return Connector(
        name="grants",
        parts=(application,),
        ready=ready,
        said=said,
    )


def said(company: Company, refs: Mapping[str, Resource]) -> str:
    """The line of the step result."""
    made = refs.get(RESOURCE)
    return f"Grants provisioned for {company.name}: application={made.id if made else 'none'}"
