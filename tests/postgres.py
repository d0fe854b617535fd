"""A real Postgres for the tests: the one that DATABASE_URL names, else one from the wheel."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from agentos.local_postgres import local_postgres
from server.store.dsn import conninfo


@contextmanager
def postgres_server(given: str = "") -> Iterator[str]:
    """The libpq address of a server on which databases may be made: the given one, or a new one."""
    if given:
        yield conninfo(given)
        return
    with tempfile.TemporaryDirectory(prefix="pg") as folder, local_postgres(Path(folder)) as url:
        yield conninfo(url)


def wait_for_no_disk(server: str) -> None:
    """What a server of a test holds need not outlive the machine; nothing is measured on it."""
    with psycopg.connect(server, autocommit=True) as admin:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")


def as_url(address: str) -> str:
    """A libpq address as people write it in DATABASE_URL."""
    given = conninfo_to_dict(address)
    wanted = ("host", "port", "user", "password", "dbname")
    return f"postgresql:///?{urlencode({k: v for k, v in given.items() if k in wanted})}"


@contextmanager
def empty_database(server: str, template: str = "template1") -> Iterator[str]:
    """The libpq address of a new database, dropped at the end with whoever still uses it.

    With `template` it is no empty one but a copy of that, which nobody may use meanwhile.
    """
    name = f"agentos_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
