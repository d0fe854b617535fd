"""The audit entries about one thing are found without reading the whole log."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_subject", "audit", ["subject", "seq"])
