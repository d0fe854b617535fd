"""A Mailman client and its parts against a server that answers by script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.companies import Company, Contact
from domain.plans import Change
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.company_list import CompanyList
from systems.newsletter.mailman.options import MailmanOptions
from systems.newsletter.mailman.settings import ListSettings
from systems.newsletter.mailman.subscription import Subscription
from systems.part import Part
from systems.variables import read
from tests.scripted_server import Script, scripted

ACME = Company(
    company_id="co_1111",
    name="Acme Corp",
    slug="acme-corp",
    contacts=(Contact(name="Dana", email="Dana@example.com"), Contact(github="octocat")),
)
LIST_ID = "acme-corp-news.lists.example.com"
ADDRESS = "acme-corp-news@lists.example.com"
CREATED = "2026-11-23T10:00:00"
ABSENT = (404, {"title": "404 Not Found"})
LIST = Resource(
    kind="list",
    id=f"{LIST_ID}/{CREATED}+00:00",
    url=f"https://lists.example.com/mailman3/lists/{LIST_ID}/",
    label=ADDRESS,
    facts={"list_id": LIST_ID},
)
REFS = {"list": LIST}


@dataclass(frozen=True)
class Mailman:
    script: Script
    client: MailmanClient
    lists: CompanyList
    settings: ListSettings
    people: Subscription

    def wanted(self, part: Part) -> Change:
        """The one change of a part."""
        (change,) = part.desired(ACME)
        return change

    def entry(self, part: Part, resource: Resource, **values: Any) -> Entry:
        """What the ledger holds of it."""
        change = self.wanted(part).model_copy(update=values)
        now = datetime.now(UTC)
        return Entry("newsletter", change, EffectStatus.APPLIED, now, resource=resource)


def options(url: str = "http://127.0.0.1:1", **variables: str) -> MailmanOptions:
    """Valid options; `variables` replaces some, an empty one is unset."""
    given = {
        "MAILMAN_URL": url,
        "MAILMAN_USER": "restadmin",
        "MAILMAN_PASSWORD": "s3cret",
        "MAILMAN_DOMAIN": "lists.example.com",
        "MAILMAN_APP_URL": "https://lists.example.com/mailman3",
        "MAILMAN_TIMEOUT_SECONDS": "20",
    }
    return read(MailmanOptions, given | variables)


def configuration(**fields: Any) -> dict[str, Any]:
    """A list of ours as Mailman tells it; `fields` replaces some."""
    return {
        "created_at": CREATED,
        "last_post_at": None,
        "display_name": "Acme Corp",
        "description": "Newsletter for Acme Corp",
        "info": "Newsletter for Acme Corp. agentos:co_1111",
        "advertised": False,
        "archive_policy": "private",
        "subscription_policy": "confirm",
        "default_member_action": "hold",
        "send_goodbye_message": False,
        **fields,
    }


@pytest.fixture
async def mailman() -> AsyncIterator[Mailman]:
    async with scripted() as script:
        chosen = options(script.url)
        client = MailmanClient(chosen)
        parts = CompanyList(client, chosen), ListSettings(client, chosen)
        yield Mailman(script, client, *parts, Subscription(client, chosen))
