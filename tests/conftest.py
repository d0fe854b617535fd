"""Tests see no setting of the machine they run on, but for a Postgres that they may use."""

import asyncio
import gc
import os
from collections.abc import Iterator
from threading import Thread

import pytest
from psycopg.conninfo import conninfo_to_dict

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
    from tests.postgres import (  # noqa: PLC0415 - after the environment is empty
        postgres_server,
        wait_for_no_disk,
    )

    with postgres_server(_DATABASE) as address:
        if not _DATABASE:
            wait_for_no_disk(address)
        yield address


@pytest.fixture
def postgres(postgres_address: str) -> Iterator[str]:
    """The libpq address of an empty database, gone after the test."""
    from tests.postgres import empty_database  # noqa: PLC0415

    with empty_database(postgres_address) as address:
        yield address


@pytest.fixture(scope="session")
def first_start(postgres_address: str) -> Iterator[str]:
    """The name of a database as the first start of the service leaves it, to be copied."""
    from server.store.postgres import PostgresDatabase  # noqa: PLC0415
    from tests.postgres import empty_database  # noqa: PLC0415

    async def start(address: str) -> None:
        database = PostgresDatabase(address)
        await database.open()
        await database.close()

    with empty_database(postgres_address) as address:
        thread = Thread(target=asyncio.run, args=(start(address),))  # a loop may run in this one
        thread.start()
        thread.join()
        yield str(conninfo_to_dict(address)["dbname"])


@pytest.fixture
def installed(postgres_address: str, first_start: str) -> Iterator[str]:
    """The libpq address of a database that holds all tables and nothing else."""
    from tests.postgres import empty_database  # noqa: PLC0415

    with empty_database(postgres_address, first_start) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str | None:
    """Both kinds of database: None is SQLite, anything else the libpq address of a Postgres."""
    if request.param == "sqlite":
        return None
    found: str = request.getfixturevalue("installed")
    return found


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay for good: looking them through takes a seventh of all."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests have found, from all processes."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"{value}")
