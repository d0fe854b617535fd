"""A run whose request in words was not read yet has no company."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("company_id", existing_type=sa.String(length=40), nullable=True)
