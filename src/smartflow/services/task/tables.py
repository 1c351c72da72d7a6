"""The rows of the task service."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, SmallInteger, String, Table

from smartflow.shared.database.types import BigKey, Instant

metadata = MetaData()
tasks = Table(
    "task_tasks",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, nullable=False),
    Column("title", String(255), nullable=False),
    Column("quadrant", SmallInteger, nullable=False),
    Column("sections", SmallInteger, nullable=False),
    Column("deadline_at", Instant),
    Column("urgent_from", Instant),
    Column("completed_at", Instant),
    Column("hidden_at", Instant),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("quadrant BETWEEN 1 AND 4", name="ck_task_quadrant"),
    CheckConstraint("sections BETWEEN 1 AND 4", name="ck_task_sections"),
    Index("ix_task_user", "user_id", "id"),
    # What turns urgent is looked for every second, and among the open ones only; what is hidden, by age.
    Index("ix_task_open", "hidden_at", "completed_at", "quadrant", "urgent_from"),
    sqlite_autoincrement=True,
)
