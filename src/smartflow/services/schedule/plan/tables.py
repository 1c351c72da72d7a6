"""The rows of plans: proposed placements, not yet applied or discarded."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, Integer, MetaData, String, Table, Uuid

from smartflow.shared.database.types import Instant

metadata = MetaData()
plans = Table(
    "schedule_plans",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("term_id", BigInteger, nullable=False),
    Column("base_version", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("status", String(10), nullable=False),
    Column("request", JSON, nullable=False),
    Column("entries", JSON, nullable=False),
    Column("unplaced", JSON, nullable=False),
    Column("score", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("better_plan_id", Uuid),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('open', 'applied', 'discarded', 'expired')", name="ck_schedule_plans_status"),
    Index("ix_schedule_plans_user", "user_id", "status", "created_at"),
)
