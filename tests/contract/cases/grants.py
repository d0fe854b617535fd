"""CommonGrants: an application, which nobody can take back."""

from tests.contract.harness import Case, Creating

APPLICATION = Creating("application", "POST", r"/applications/start$", "application", stays=True)

CASE = Case(
    system="grants",
    sandbox="grants",
    creating=(APPLICATION,),
    line=lambda refs: f"Grants provisioned for Acme Corp: application={refs['application'].id}",
    timeout_variable="GRANTS_TIMEOUT_SECONDS",
)
