"""How many tokens models have used for a chat."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tokens = sa.Column("tokens", sa.Integer(), nullable=False, server_default="0")
    op.add_column("chats", tokens)
