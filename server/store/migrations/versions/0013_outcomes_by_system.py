"""A run's row says in one text how it stands in each system, so that many runs are counted fast.

Runs of batches get it now; what other runs had before is counted nowhere.
"""

import sqlalchemy as sa
from alembic import op

from domain.outcomes import outcomes, written
from domain.runs import RunState

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("outcomes", sa.Text))
    runs = sa.table(
        "runs", sa.column("run_id"), sa.column("state", sa.JSON), sa.column("outcomes", sa.Text)
    )
    lines = sa.table("batch_lines", sa.column("run_id"))
    connection = op.get_bind()
    query = sa.select(lines.c.run_id).where(lines.c.run_id.is_not(None)).distinct()
    for (run_id,) in connection.execute(query).all():
        this = runs.c.run_id == run_id
        state = connection.execute(sa.select(runs.c.state).where(this)).scalar_one()
        text = written(outcomes(RunState.model_validate(state)))
        connection.execute(sa.update(runs).where(this).values(outcomes=text))
