"""CommonGrants: an application, which nobody can take back."""

import httpx

from domain.plans import ChangeKind
from sandbox.seed import GRANTS_COMPETITION_ID, GRANTS_TOKEN
from tests.contract.harness import ACME, Case, Creating, Stranger
from tests.sandbox_server import SandboxServer

APPLICATION = Creating("application", "POST", r"/applications/start$", "application", stays=True)


def somebodys(server: SandboxServer) -> None:
    """An application of the company's own, whose title quotes our mark."""
    title = f"Acme Corp [{ACME.marker}] by hand"
    httpx.post(
        f"{server.url}/grants/common-grants/applications/start",
        headers={"Authorization": f"Bearer {GRANTS_TOKEN}"},
        json={"competitionId": GRANTS_COMPETITION_ID, "title": title},
        trust_env=False,
    ).raise_for_status()


CASE = Case(
    system="grants",
    sandbox="grants",
    creating=(APPLICATION,),
    line=lambda refs: f"Grants provisioned for Acme Corp: application={refs['application'].id}",
    strangers=(Stranger("somebody's", somebodys, "application", kind=ChangeKind.CREATE),),
    timeout_variable="GRANTS_TIMEOUT_SECONDS",
)
