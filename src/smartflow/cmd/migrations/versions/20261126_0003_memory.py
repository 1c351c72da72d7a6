"""What is remembered of a person: items, where they were said, their audit, the switches."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memory_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("memory_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_audit_user", "memory_audit", ["user_id", "memory_id"])
    op.create_table(
        "memory_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("attribute", sa.String(length=32), nullable=False),
        sa.Column("polarity", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=True),
        sa.Column("valid_to", sa.DateTime(), nullable=True),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.Column("is_explicit", sa.Boolean(), nullable=False),
        sa.Column("sensitivity_level", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("ttl_at", sa.DateTime(), nullable=True),
        sa.Column("live_slot", sa.String(length=64), nullable=True),
        sa.Column("supersedes", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("assistant_id", sa.String(length=64), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("rule_active", sa.Boolean(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("embedder", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(status = 'active') = (live_slot IS NOT NULL)", name="ck_memory_items_slot"),
        sa.CheckConstraint("(status = 'deleted') = (deleted_at IS NOT NULL)", name="ck_memory_items_deleted"),
        sa.CheckConstraint("status IN ('active', 'archived', 'deleted')", name="ck_memory_items_status"),
        sa.CheckConstraint("type IN ('constraint', 'preference', 'fact', 'commitment')", name="ck_memory_items_type"),
        sa.CheckConstraint("sensitivity_level BETWEEN 0 AND 2", name="ck_memory_items_sensitivity"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "live_slot", name="uq_memory_items_slot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_items_deleted", "memory_items", ["status", "deleted_at"])
    op.create_index("ix_memory_items_ttl", "memory_items", ["status", "ttl_at"])
    op.create_index("ix_memory_items_user", "memory_items", ["user_id", "status", "type"])
    op.create_table(
        "memory_settings",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("memory_enabled", sa.Boolean(), nullable=False),
        sa.Column("implicit_memory_enabled", sa.Boolean(), nullable=False),
        sa.Column("sensitive_memory_enabled", sa.Boolean(), nullable=False),
        sa.Column("items_version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "memory_sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("memory_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(length=1500), nullable=True),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("way", sa.String(length=5), nullable=False),
        sa.CheckConstraint("way IN ('said', 'typed')", name="ck_memory_sources_way"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("memory_id", "conversation_id", "seq", name="uq_memory_sources_turn"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_sources_user", "memory_sources", ["user_id", "memory_id"])
