"""No secret of the environment is kept anywhere or told to a log, whatever happens in a run."""

import logging
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from agentos.settings import load
from agentos.wiring import application
from domain.decisions import Answer, DecisionKind
from domain.launches import LaunchRequest
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from sandbox import seed
from server.lifecycle import decisions, launches, reads
from server.lifecycle.service import Service
from tests.doubles.house import DANA
from tests.faults.conftest import Systems
from tests.faults.records import database_url

PASSWORD = "canary-of-the-database"
ENVIRONMENT = {
    "APPROVAL_WEBHOOK_SECRETS": "whsec_Y2FuYXJ5LW9mLXRoZS13ZWJob29rcy0wMDE=",
    "AWS_SECRET_ACCESS_KEY": "canary-of-aws",
    "MAILMAN_PASSWORD": "canary-of-mailman",
    "GITHUB_PRIVATE_KEY": "canary-of-github",
}
SECRETS = (
    PASSWORD,
    seed.SLACK_BOT_TOKEN,
    seed.GITHUB_TOKEN,
    seed.BREVO_API_KEY,
    seed.GRANTS_TOKEN,
    *ENVIRONMENT.values(),
)
_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


def _told(text: str) -> set[str]:
    """The secrets in a text, in clear or as the bytes of a column."""
    return {one for one in SECRETS if one in text or one.encode().hex() in text}


def _kept(folder: Path, address: str | None) -> set[str]:
    """The secrets in any table or file of the service."""
    if address is None:
        files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
        assert files
        return {one for one in SECRETS if any(one.encode() in content for content in files)}
    found: set[str] = set()
    with psycopg.connect(address) as database:
        tables = database.execute(_TABLES).fetchall()
        assert len(tables) > 10
        for schema, table in tables:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
            for (row,) in database.execute(query):
                found |= _told(row)
    return found


async def _run(service: Service, systems: Systems, note: str | None) -> str:
    """A run that waits for its approval."""
    request = LaunchRequest(company_name="Acme Corp", note=note)
    run = (await launches.launch(service, request, DANA)).run
    run = await reads.wait_until_parked(
        service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=30
    )
    assert run.status is RunStatus.AWAITING_APPROVAL
    return run.run_id


async def _decide(service: Service, run_id: str, answer: Answer) -> RunStatus:
    await decisions.decide(service, run_id, answer, DANA)
    return (
        await reads.wait_until_parked(service, run_id, tenant=DEFAULT_TENANT, timeout_seconds=30)
    ).status


@pytest.mark.parametrize("note", [None, SECRETS[1]], ids=["no secret", "one that is told"])
async def test_no_secret_is_kept_or_told(
    tmp_path: Path,
    address: str | None,
    systems: Systems,
    caplog: pytest.LogCaptureFixture,
    note: str | None,
) -> None:
    """The negative control tells one to the launch itself: then it is found."""
    caplog.set_level(logging.DEBUG)
    settings = load(
        ENVIRONMENT,
        database_url=database_url(address and make_conninfo(address, password=PASSWORD)),
        sqlite_db_path=tmp_path / "agentos.db",
        sandbox_url=systems.url,
    )
    app = application(settings)
    kept: list[set[str]] = []
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        run_id = await _run(service, systems, note)
        kept.append(_kept(tmp_path, address))
        for system in ("slack", "github", "brevo", "grants"):
            systems.sandbox.fault(kind="auth_revoked", system=system, times=1000)
        approve, retry = Answer(kind=DecisionKind.APPROVE), Answer(kind=DecisionKind.RETRY)
        assert await _decide(service, run_id, approve) is RunStatus.ESCALATED
        kept.append(_kept(tmp_path, address))
        systems.sandbox.heal()
        assert await _decide(service, run_id, retry) is RunStatus.COMPLETED
        kept.append(_kept(tmp_path, address))
    expected = {note} if note else set()
    assert kept == [expected] * 3
    assert _told(caplog.text) <= expected
