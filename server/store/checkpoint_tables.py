"""The checkpointer's tables, for the migration that makes them."""

from collections.abc import Sequence

from langgraph.checkpoint.postgres.base import BasePostgresSaver

VERSIONS = 10
"""How many of the library's migrations this is; the library would go on from there."""


def statements() -> Sequence[str]:
    """The library's own statements, to be run in one transaction, and its stamps.

    Without the indexes on thread_id: the primary keys begin with it. Those are also what cannot
    run in a transaction.
    """
    wanted = [sql for sql in BasePostgresSaver.MIGRATIONS[:VERSIONS] if "CONCURRENTLY" not in sql]
    stamp = (
        f"INSERT INTO checkpoint_migrations SELECT * FROM generate_series(0, {VERSIONS - 1})"  # noqa: S608
        " ON CONFLICT DO NOTHING"
    )
    return [*wanted, stamp]
