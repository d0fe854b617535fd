"""What chats propose, and what became of it."""

import sqlalchemy as sa
from alembic import op

from server.store.tables import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.JSON(), nullable=True),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_thread_id", "proposals", ["thread_id"], unique=False)
    op.create_index("ix_proposals_state", "proposals", ["state"], unique=False)
