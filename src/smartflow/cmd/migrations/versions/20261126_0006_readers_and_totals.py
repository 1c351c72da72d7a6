"""When a conversation was last followed, and what it has cost."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agent_conversations", sa.Column("read_at", sa.DateTime(), nullable=True))
    op.add_column("agent_conversations", sa.Column("totals", sa.JSON(), nullable=True))
