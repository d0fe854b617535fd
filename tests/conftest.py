"""Tests see no setting of the machine they run on, but for a Postgres that they may use."""

import os
from collections.abc import Iterator

import pytest

_PREFIXES = (
    "AGENT_", "AGENTOS_", "APPROVAL_", "AWS_", "BREVO_", "DATABASE_URL", "GITHUB_", "GRANTS_",
    "LANGCHAIN_", "LANGSMITH_", "MAILMAN_", "MAX_STEP_RETRIES", "NEWSLETTER_", "SANDBOX", "SLACK_",
    "SQLITE_DB_PATH",
)  # fmt: skip
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

_DATABASE = os.environ.get("DATABASE_URL", "")
for _name in list(os.environ):
    if _name.startswith(_PREFIXES) or _name.upper() in _PROXIES:
        del os.environ[_name]

# Before anything imports langgraph: it reads this once.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
os.environ["LANGSMITH_TRACING"] = "false"


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A Postgres server for this test process, started when the first test asks for it."""
    from tests.postgres import postgres_server  # noqa: PLC0415 - after the environment is empty

    with postgres_server(_DATABASE) as address:
        yield address


@pytest.fixture
def postgres(postgres_address: str) -> Iterator[str]:
    """The libpq address of an empty database, gone after the test."""
    from tests.postgres import empty_database  # noqa: PLC0415

    with empty_database(postgres_address) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str | None:
    """Both kinds of database: None is SQLite, anything else the libpq address of a Postgres."""
    if request.param == "sqlite":
        return None
    found: str = request.getfixturevalue("postgres")
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests have found, from all processes."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"{value}")
