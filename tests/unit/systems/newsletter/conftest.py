"""A Brevo client and its parts against a server that answers by script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from systems.newsletter.brevo.client import BrevoClient
from systems.newsletter.brevo.company_list import CompanyList
from systems.newsletter.brevo.options import BrevoOptions
from systems.newsletter.brevo.subscription import Subscription
from systems.variables import read
from tests.scripted_server import Script, scripted


@dataclass(frozen=True)
class Brevo:
    script: Script
    client: BrevoClient
    lists: CompanyList
    people: Subscription


def options(url: str = "http://127.0.0.1:1", **variables: str) -> BrevoOptions:
    """Valid options; `variables` replaces some, an empty one is unset."""
    given = {
        "BREVO_API_KEY": "key-1",
        "BREVO_FOLDER_ID": "7",
        "BREVO_BASE_URL": url,
        "BREVO_DOI_TEMPLATE_ID": "3",
        "BREVO_DOI_REDIRECT_URL": "https://example.com/thanks",
        "BREVO_TIMEOUT_SECONDS": "20",
    }
    return read(BrevoOptions, given | variables)


@pytest.fixture
async def brevo() -> AsyncIterator[Brevo]:
    async with scripted() as script:
        chosen = options(script.url)
        client = BrevoClient(chosen)
        yield Brevo(script, client, CompanyList(client, chosen), Subscription(client, chosen))
