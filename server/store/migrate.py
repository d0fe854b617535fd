"""Brings the tables up to date; whoever comes second waits and finds it done."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from server.store.transactions import lock_key

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """All missing migrations in the transaction of `connection`.

    Processes that start together take turns. None of our statements is CONCURRENTLY, so a lock that
    waits cannot close a circle with one. Tables of a later release are left alone: migrations only
    add before they take away, so that this release can go on beside it.
    """
    scripts = ScriptDirectory.from_config(_config(connection))
    present = _present(connection)
    if present is not None and not _known(scripts, present):
        return
    if present == scripts.get_current_head():
        return
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("agentos", "migrations")}
        )
    command.upgrade(_config(connection), "head")


def versions(connection: Connection) -> tuple[str | None, str | None]:
    """The version of the tables, None where there are none, and the one this release has."""
    scripts = ScriptDirectory.from_config(_config(connection))
    return _present(connection), scripts.get_current_head()


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(scripts: ScriptDirectory, revision: str) -> bool:
    return any(script.revision == revision for script in scripts.walk_revisions())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
