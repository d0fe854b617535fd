"""A run whose request in words was not read yet is for a company without a name."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    companies = sa.table(
        "companies",
        sa.column("company_id", sa.String),
        sa.column("name", sa.String),
        sa.column("slug", sa.String),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    nobody = {
        "company_id": "",
        "name": "",
        "slug": "",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    op.bulk_insert(companies, [nobody])
