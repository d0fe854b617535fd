"""Brevo: a list, and a mail to each person named."""

from domain.companies import Contact
from tests.contract.harness import ACME, Case, Creating

LIST = Creating("list", "POST", r"/contacts/lists$", "list")
MAIL = Creating("subscriber", "POST", r"/doubleOptinConfirmation$", "mail", seen=False, stays=True)
COMPANY = ACME.model_copy(update={"contacts": (Contact(name="Dana", email="dana@example.com"),)})
NAME = f"Acme Corp [{ACME.marker}]"

CASE = Case(
    system="newsletter",
    sandbox="brevo",
    creating=(LIST, MAIL),
    company=COMPANY,
    line=lambda refs: f"Newsletter provisioned for Acme Corp: list={NAME}, subscribers=1 pending",
    timeout_variable="BREVO_TIMEOUT_SECONDS",
)
