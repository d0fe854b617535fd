"""Tests see no setting of the machine they run on, but for a Postgres that they may use."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from threading import Thread
from zlib import crc32

import pytest
from psycopg.conninfo import conninfo_to_dict

_PREFIXES = (
    "AGENT_", "AGENTOS_", "APPROVAL_", "AWS_", "BREVO_", "DATABASE_URL", "GITHUB_", "GRANTS_",
    "LANGCHAIN_", "LANGSMITH_", "MAILMAN_", "MAX_STEP_RETRIES", "NEWSLETTER_", "SANDBOX", "SLACK_",
    "SQLITE_DB_PATH",
)  # fmt: skip
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

_LONG = ("tests/e2e/", "tests/faults/", "tests/ui/")

gc.disable()  # until all is collected: nothing of it is garbage

# Files of tests need not outlive the machine. Where memory has room it saves the waits for a disk.
_MEMORY, _ROOM_BYTES = "/dev/shm", 4 << 30
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
    os.environ.setdefault("TMPDIR", _MEMORY)
    tempfile.tempdir = None  # it was asked for by now, and is kept

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in an order of no meaning, so that those that wait run beside those that compute.

    Those that take longest come earlier: none of them is left alone at the end.
    """

    def place(item: pytest.Item) -> float:
        file = item.nodeid.partition("::")[0]
        return crc32(file.encode()) * (0.7 if file.startswith(_LONG) else 1)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay for good: looking them through takes a seventh of all."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests have found, from all processes."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"{value}")
