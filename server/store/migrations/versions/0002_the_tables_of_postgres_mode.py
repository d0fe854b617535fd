"""What Postgres mode adds: the queue's tables and the checkpoints."""

from alembic import op
from procrastinate.schema import SchemaManager

from server.store.checkpoint_tables import statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    cursor = connection.connection.cursor()
    try:
        # Whole scripts, which only the driver itself takes as they are.
        for script in (SchemaManager.get_schema(), *statements()):
            cursor.execute(script)
    finally:
        cursor.close()
