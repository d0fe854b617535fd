"""Brevo: a list, and a mail to each person named."""

import httpx

from domain.companies import Contact
from domain.plans import ChangeKind
from sandbox.seed import BREVO_API_KEY, BREVO_FOLDER_ID
from tests.contract.harness import ACME, Case, Creating, Stranger
from tests.sandbox_server import SandboxServer

LIST = Creating("list", "POST", r"/contacts/lists$", "list")
MAIL = Creating("subscriber", "POST", r"/doubleOptinConfirmation$", "mail", seen=False, stays=True)
COMPANY = ACME.model_copy(update={"contacts": (Contact(name="Dana", email="dana@example.com"),)})
NAME = f"Acme Corp [{ACME.marker}]"


def somebodys(server: SandboxServer) -> None:
    """A list whose name quotes our mark, and a contact on it whom we are to ask too."""
    with httpx.Client(
        base_url=f"{server.url}/brevo/v3/", headers={"api-key": BREVO_API_KEY}, trust_env=False
    ) as http:
        new = {"name": f"not {NAME} at all", "folderId": BREVO_FOLDER_ID}
        made = http.post("contacts/lists", json=new).raise_for_status().json()["id"]
        known = {"COMPANY": "Acme of old"}
        person = {"email": "dana@example.com", "listIds": [made], "attributes": known}
        http.post("contacts", json=person).raise_for_status()


CASE = Case(
    system="newsletter",
    sandbox="brevo",
    creating=(LIST, MAIL),
    company=COMPANY,
    line=lambda refs: f"Newsletter provisioned for Acme Corp: list={NAME}, subscribers=1 pending",
    strangers=(Stranger("somebody's", somebodys, "list", kind=ChangeKind.CREATE),),
    timeout_variable="BREVO_TIMEOUT_SECONDS",
)
