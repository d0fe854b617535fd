"""Batches: sheets of companies, and their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
        sa.UniqueConstraint("tenant", "digest", name="uq_batches_digest"),
    )
    op.create_index("ix_batches_created", "batches", ["tenant", "created_at", "batch_id"])
    op.create_table(
        "batch_lines",
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=True),
        sa.Column("field", sa.String(length=80), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("wish", sa.String(length=16), nullable=True),
        sa.Column("wished_by", sa.JSON(), nullable=True),
        sa.Column("wished_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.batch_id"], name=op.f("fk_batch_lines_batch_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_batch_lines_run_id")),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("pk_batch_lines")),
    )
    op.create_index("ix_batch_lines_run", "batch_lines", ["run_id"])
    for name, which in (("ready", "state = 'ready'"), ("wished", "wish IS NOT NULL")):
        op.create_index(
            f"ix_batch_lines_{name}",
            "batch_lines",
            ["batch_id", "line"],
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )
