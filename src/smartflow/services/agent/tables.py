"""The rows of conversations: five tables, of which the log is the truth."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, Integer, MetaData, String, Table, Text, Uuid

from smartflow.shared.database.types import Instant

metadata = MetaData()
conversations = Table(
    "agent_conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("title", String(255), nullable=False),
    Column("status", String(8), nullable=False),
    Column("next_pos", Integer, nullable=False),
    Column("next_seq", Integer, nullable=False),
    Column("active_run_id", Uuid),
    Column("messages", Integer, nullable=False),
    Column("last_message_at", Instant),
    Column("read_at", Instant),
    Column("context", JSON),
    Column("totals", JSON),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('active', 'archived')", name="ck_agent_conversation_status"),
    Index("ix_agent_conversation_user", "user_id", "updated_at"),
)
runs = Table(
    "agent_runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("status", String(10), nullable=False),
    Column("options", JSON, nullable=False),
    Column("cancel_asked", Integer, nullable=False),
    Column("takeovers", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("status IN ('running', 'waiting', 'completed', 'cancelled', 'failed')", name="ck_agent_run_status"),
    Index("ix_agent_run_user", "user_id", "conversation_id"),
    Index("ix_agent_run_status", "status"),
)
log = Table(
    "agent_log",
    metadata,
    Column("conversation_id", Uuid, primary_key=True),
    Column("pos", Integer, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("seq", Integer),
    Column("kind", String(20), nullable=False),
    Column("block", String(32), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_agent_log_user", "user_id"),
)
snapshots = Table(
    "agent_snapshots",
    metadata,
    Column("conversation_id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("format", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_agent_snapshot_user", "user_id"),
)
interactions = Table(
    "agent_interactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("type", String(8), nullable=False),
    Column("status", String(10), nullable=False),
    Column("summary", String(500), nullable=False),
    Column("held", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("answer", JSON),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("status IN ('open', 'answered', 'closed', 'expired')", name="ck_agent_interaction_status"),
    Index("ix_agent_interaction_user", "user_id", "conversation_id", "status"),
)
