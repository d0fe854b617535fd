"""Migrations are one line: two that follow the same one would stop every start."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, create_engine, event, insert, text

from domain.status import RunStatus
from server.store import migrate
from server.store.tables import CompanyRow
from tests.unit.domain.samples import NOW, TO_COMPLETION, run_after

FOLDER = Path(migrate.__file__).parent / "migrations/versions"


def test_each_migration_follows_the_one_before_it() -> None:
    texts = [path.read_text() for path in sorted(FOLDER.glob("0*.py"))]
    found = [re.findall(r'^(?:down_)?revision = "?(\w+)"?$', text, re.MULTILINE) for text in texts]
    names = [revision for revision, _ in found]
    assert [before for _, before in found] == ["None", *names[:-1]]
    assert names == [path.name[:4] for path in sorted(FOLDER.glob("0*.py"))]


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(connection, "before_cursor_execute", hear)


def test_runs_of_batches_are_counted_by_system_and_read_before_the_lock(tmp_path: Path) -> None:
    run = run_after(*TO_COMPLETION)
    assert run.status is RunStatus.COMPLETED
    state = run.model_dump_json(exclude={"plan": {"digest"}})
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection), "0012")
        company = {"company_id": "co_1", "name": "A", "slug": "a", "created_at": NOW}
        connection.execute(insert(CompanyRow).values(company))
        for run_id in ("in_a_batch", "alone"):
            connection.execute(
                text(_RUN), {"run_id": run_id, "state": state, "at": NOW.isoformat()}
            )
        connection.execute(text(_BATCH), {"at": NOW.isoformat()})
        connection.execute(text(_LINE))
        with statements(connection) as said:
            command.upgrade(migrate._config(connection), "0013")
        locked = next(n for n, one in enumerate(said) if one.startswith("ALTER TABLE runs"))
        assert [one for one in said[locked:] if one.startswith("SELECT runs")] == []
        migrate.upgrade(connection)
        rows = connection.execute(text("SELECT run_id, outcomes FROM runs")).all()
    engine.dispose()
    told = [tuple(row) for row in sorted(rows)]
    assert told == [("alone", None), ("in_a_batch", "slack=done github=stopped")]


_RUN = """INSERT INTO runs (run_id, fingerprint, company_id, name_key, status, version, state,
    graph_version, tenant, created_at, updated_at, priority, fence, failures, claimed_version)
    VALUES (:run_id, 'f', 'co_1', 'a', 'completed', 1, :state, '1', 'default', :at, :at, 0,
    0, 0, 0)
"""
_BATCH = """INSERT INTO batches
    (batch_id, tenant, digest, name, state, size, created_by, created_at)
    VALUES ('bat_1', 'default', 'd', 'n', 'running', 1, '{}', :at)"""
_LINE = """INSERT INTO batch_lines (batch_id, line, state, company_name, run_id)
    VALUES ('bat_1', 2, 'launched', 'A', 'in_a_batch')"""
