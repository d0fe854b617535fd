"""A stage on the real Mailman, with the core behind it in reach."""

import pytest

from domain.companies import Company, Contact
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.options import MailmanOptions
from systems.variables import read
from tests.contract.cases.mailman import CASE
from tests.contract.harness import ACME, Stage
from tests.mailman_core import Core
from tests.mailman_server import MailmanServer, mailman_variables

DANA = "dana@example.com"


def company_with(*addresses: str) -> Company:
    contacts = tuple(Contact(email=address) for address in addresses)
    return ACME.model_copy(update={"contacts": contacts})


@pytest.fixture
def stage(mailman: MailmanServer) -> Stage:
    return Stage(CASE, mailman, mailman.counts()["mailman"])


@pytest.fixture
def behind(mailman: MailmanServer) -> Core:
    return mailman.core


@pytest.fixture
def client(mailman: MailmanServer) -> MailmanClient:
    return MailmanClient(read(MailmanOptions, mailman_variables(mailman.url)))
