"""The outbox, the inbox, and the record of what operators did to them."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, Uuid

from smartflow.shared.database.types import BigKey, Instant

metadata = MetaData()
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("publisher", String(32), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("ordering_key", String(64), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("trace", String(128), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", String(500)),
    Column("sent_at", Instant),
    Index("ix_outbox_publisher_state_id", "publisher", "state", "id"),
    Index("ix_outbox_user_id", "user_id"),
    sqlite_autoincrement=True,
)
inbox = Table(
    "inbox",
    metadata,
    Column("subscriber", String(64), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("publisher", String(32), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("ordering_key", String(64), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("payload", Text),
    Column("trace", String(128), nullable=False, server_default=""),
    Column("occurred_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),
    Column("last_error", String(500)),
    Column("lease", String(64)),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("ix_inbox_state_next", "state", "next_attempt_at"),
    Index("ix_inbox_waiting", "subscriber", "state", "ordering_key", "position"),
    Index("ix_inbox_user_id", "user_id"),
    Index("ix_inbox_done_at", "state", "done_at"),
)
operations = Table(
    "event_operations",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("event_id", Uuid, nullable=False),
    Column("what", String(8), nullable=False),
    Column("why", String(500)),
    Column("at", Instant, nullable=False),
    Index("ix_event_operations_event_id", "event_id"),
    sqlite_autoincrement=True,
)
