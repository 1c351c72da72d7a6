"""The rows of userauth."""

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, String, Table, Uuid

from smartflow.shared.database.types import BigKey, Instant

metadata = MetaData()
users = Table(
    "userauth_users",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("username", String(45), nullable=False),
    # One sign can fold into eighteen.
    Column("folded", String(512), nullable=False, unique=True),
    Column("password", String(255), nullable=False),
    Column("phone_number", String(18)),
    Column("language", String(2), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
sessions = Table(
    "userauth_sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("ip", String(45), nullable=False),
    Column("user_agent", String(255), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_userauth_sessions_user_id", "user_id"),
    Index("ix_userauth_sessions_expires_at", "expires_at"),
)
refreshes = Table(
    "userauth_refreshes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("rotated_at", Instant),
    Column("successor", Uuid),
    Column("dead", Boolean, nullable=False),
    Index("ix_userauth_refreshes_user_id", "user_id", "session_id"),
    Index("ix_userauth_refreshes_expires_at", "expires_at"),
)
revocations = Table(
    "userauth_revocations",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("account_gone", Boolean, nullable=False),
    Column("until", Instant, nullable=False),
    Index("ix_userauth_revocations_until", "until"),
)
