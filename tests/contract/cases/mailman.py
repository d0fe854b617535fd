"""GNU Mailman, the real one: a list, its settings with the mark, and an invitation."""

from domain.companies import Contact
from tests.contract.harness import ACME, Case, Creating
from tests.mailman_core import DOMAIN
from tests.mailman_server import MailmanServer, mailman_variables
from tests.sandbox_server import SandboxServer

ADDRESS = f"acme-corp-news@{DOMAIN}"
LIST_ID = f"acme-corp-news.{DOMAIN}"
LIST = Creating("list", "POST", r"/lists$", "list")
SETTINGS = Creating("settings", "PATCH", r"/config$", "mark")
INVITATION = Creating("subscriber", "POST", r"/members$", "request")
COMPANY = ACME.model_copy(update={"contacts": (Contact(name="Dana", email="Dana@example.com"),)})


def somebodys_list(server: SandboxServer) -> None:
    """A person made it, and has not described it."""
    assert isinstance(server, MailmanServer)
    server.core.call("POST", "lists", fqdn_listname=ADDRESS)


CASE = Case(
    system="newsletter",
    sandbox="mailman",
    creating=(LIST, SETTINGS, INVITATION),
    company=COMPANY,
    line=lambda refs: (
        f"Newsletter provisioned for Acme Corp: list={ADDRESS}, subscribers=1 pending"
    ),
    stranger=somebodys_list,
    timeout_variable="MAILMAN_TIMEOUT_SECONDS",
    home="mailman",
    point=mailman_variables,
)
