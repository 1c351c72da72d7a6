"""Task endings, where events come from, when blocks were reported; indexes for what is looked for often."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule_task_endings",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "task_id"),
    )
    op.add_column("inbox", sa.Column("trace", sa.String(length=128), server_default="", nullable=False))
    op.create_index("ix_inbox_done_at", "inbox", ["state", "done_at"])
    op.add_column("schedule_events", sa.Column("reported_at", sa.DateTime(), nullable=True))
    # Until now the row's last change stood for it.
    op.execute("UPDATE schedule_events SET reported_at = updated_at WHERE state IN ('done', 'partly', 'skipped')")
    op.drop_index("ix_task_hidden_at", table_name="task_tasks")
    op.drop_index("ix_task_urgent_from", table_name="task_tasks")
    op.create_index("ix_task_open", "task_tasks", ["hidden_at", "completed_at", "quadrant", "urgent_from"])
