"""A run's row says in one text how it stands in each system, so that many runs are counted fast.

Runs of batches get it now; what other runs had before is counted nowhere. What the release before
writes meanwhile is counted with the run's next event.
"""

import sqlalchemy as sa
from alembic import op

from domain.outcomes import outcomes, written
from domain.runs import RunState

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_runs = sa.table(
    "runs", sa.column("run_id"), sa.column("state", sa.JSON), sa.column("outcomes", sa.Text)
)
_lines = sa.table("batch_lines", sa.column("run_id"))
_RUNS_OF_BATCHES = (
    sa.select(_runs.c.run_id, _runs.c.state)
    .where(_runs.c.run_id.in_(sa.select(_lines.c.run_id)))
    .execution_options(yield_per=500)
)
_WRITTEN = (
    sa.update(_runs)
    .where(_runs.c.run_id == sa.bindparam("this"))
    .values(outcomes=sa.bindparam("text"))
)


def upgrade() -> None:
    """All is read before the table is locked, so that nobody waits for long."""
    connection = op.get_bind()
    found = [
        {"this": run_id, "text": written(outcomes(RunState.model_validate(state)))}
        for run_id, state in connection.execute(_RUNS_OF_BATCHES)
    ]
    op.add_column("runs", sa.Column("outcomes", sa.Text))
    if found:
        connection.execute(_WRITTEN, found)
