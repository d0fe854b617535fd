"""Brevo as a system: the company's list, then the people named for it."""

from collections.abc import Mapping

from domain.companies import Company
from domain.steps import Resource
from systems.connector import Connector
from systems.newsletter import people
from systems.newsletter.brevo.client import BrevoClient
from systems.newsletter.brevo.company_list import RESOURCE, CompanyList, list_name
from systems.newsletter.brevo.options import BrevoOptions
from systems.newsletter.brevo.subscription import Subscription
from systems.variables import read


def build(variables: Mapping[str, str]) -> Connector:
    """The connector; `BadSetting` if a variable is wrong. Opens no connection."""
    options = read(BrevoOptions, variables)
    client = BrevoClient(options)

    async def ready() -> str:
        await client.check_folder()
        return f"Brevo accepts the key and shows the folder {options.folder_id}."

    return Connector(
        name="newsletter",
        parts=(CompanyList(client, options), Subscription(client, options)),
        ready=ready,
        said=said,
    )


def said(company: Company, refs: Mapping[str, Resource]) -> str:
    """The line of the step result."""
    made = refs.get(RESOURCE)
    return people.said(company, made.label if made else list_name(company), refs)
