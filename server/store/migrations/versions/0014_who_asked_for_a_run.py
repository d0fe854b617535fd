"""Runs are found by who asked for them, and by their systems.

A run that the release before writes meanwhile has neither until its next event.
"""

import sqlalchemy as sa
from alembic import op

from domain.names import name_key

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("asked_by", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("system_names", sa.Text(), nullable=True))
    fill(op.get_bind())
    op.create_index("ix_runs_asked_by", "runs", ["tenant", "asked_by", "created_at", "run_id"])


def fill(connection: sa.Connection) -> None:
    """Both for every run, as they are written with its events; a statement for each person."""
    runs = sa.table(
        "runs",
        sa.column("state", sa.JSON),
        sa.column("asked_by", sa.Text),
        sa.column("system_names", sa.Text),
    )
    by, systems = (runs.c.state[name].as_string() for name in ("launched_by", "systems"))
    for sign, instead in ((" ", ""), ('"', ""), ("[", ","), ("]", ",")):
        systems = sa.func.replace(systems, sign, instead)
    connection.execute(sa.update(runs).values(asked_by=by, system_names=systems))
    for (name,) in connection.execute(sa.select(runs.c.asked_by).distinct()).all():
        if name_key(name) != name:
            theirs = sa.update(runs).where(runs.c.asked_by == name)
            connection.execute(theirs.values(asked_by=name_key(name)))
