"""GNU Mailman, the real one: a list, its settings with the mark, and an invitation."""

from domain.companies import Contact
from tests.contract.harness import ACME, Case, Creating, Stranger
from tests.mailman_core import DOMAIN
from tests.mailman_server import MailmanServer, mailman_variables
from tests.sandbox_server import SandboxServer

ADDRESS = f"acme-corp-news@{DOMAIN}"
LIST_ID = f"acme-corp-news.{DOMAIN}"
LIST = Creating("list", "POST", r"/lists$", "list")
SETTINGS = Creating("settings", "PATCH", r"/config$", "mark")
INVITATION = Creating("subscriber", "POST", r"/members$", "request")
COMPANY = ACME.model_copy(update={"contacts": (Contact(name="Dana", email="Dana@example.com"),)})


def new_list(server: SandboxServer) -> None:
    """A person made it, and has not described it."""
    assert isinstance(server, MailmanServer)
    server.core.call("POST", "lists", fqdn_listname=ADDRESS)


def described_list(server: SandboxServer) -> None:
    """A person made it, and says what it is for."""
    new_list(server)
    assert isinstance(server, MailmanServer)
    server.core.call("PATCH", f"lists/{LIST_ID}/config", description="About Acme", info="Ours.")


def other_companys_list(server: SandboxServer) -> None:
    """The same Mailman was asked for it, for another company."""
    new_list(server)
    assert isinstance(server, MailmanServer)
    server.core.call("PATCH", f"lists/{LIST_ID}/config", info="Ours. agentos:co_fedcba9876543210")


CASE = Case(
    system="newsletter",
    sandbox="mailman",
    creating=(LIST, SETTINGS, INVITATION),
    company=COMPANY,
    line=lambda refs: (
        f"Newsletter provisioned for Acme Corp: list={ADDRESS}, subscribers=1 pending"
    ),
    strangers=(
        Stranger("new", new_list, "list", changed=True),
        Stranger("described", described_list, "list", changed=True),
        Stranger("another company's", other_companys_list, "list", adoptable=False),
    ),
    timeout_variable="MAILMAN_TIMEOUT_SECONDS",
    home="mailman",
    point=mailman_variables,
)
