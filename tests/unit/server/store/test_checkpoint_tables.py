"""The tables are those of the library that is installed."""

from langgraph.checkpoint.postgres.base import BasePostgresSaver

from server.store.checkpoint_tables import VERSIONS, statements


def test_no_version_is_left_out_when_the_library_is_the_known_one() -> None:
    """Turns red with a new one: then write a migration with its statements and stamps."""
    assert len(BasePostgresSaver.MIGRATIONS) == VERSIONS


def test_nothing_needs_to_run_outside_a_transaction() -> None:
    assert not any("CONCURRENTLY" in statement for statement in statements())
    tables = {name for name in BasePostgresSaver.MIGRATIONS if "CREATE TABLE" in name}
    assert len(tables) == 4
    assert tables <= set(statements())
