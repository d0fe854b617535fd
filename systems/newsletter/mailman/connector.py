"""GNU Mailman as a system: the company's list, its settings, then the people named for it."""

from collections.abc import Mapping

from domain.companies import Company
from domain.steps import Resource
from systems.connector import Connector
from systems.newsletter import people
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.company_list import CompanyList, list_address
from systems.newsletter.mailman.options import MailmanOptions
from systems.newsletter.mailman.settings import ListSettings
from systems.newsletter.mailman.subscription import Subscription
from systems.variables import read


def build(variables: Mapping[str, str]) -> Connector:
    """The connector; `BadSetting` if a variable is wrong. Opens no connection."""
    options = read(MailmanOptions, variables)
    client = MailmanClient(options)

    async def ready() -> str:
        await client.check_domain()
        return f"Mailman accepts the password and serves the domain {options.domain}."

    def said(company: Company, refs: Mapping[str, Resource]) -> str:
        return people.said(company, list_address(company, options), refs)

    return Connector(
        name="newsletter",
        parts=(
            CompanyList(client, options),
            ListSettings(client, options),
            Subscription(client, options),
        ),
        ready=ready,
        said=said,
    )
