"""The rows of the llm service."""

from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.types import TypeDecorator

from smartflow.services.llm.model import LONGEST_NAME, SMALLEST
from smartflow.shared.database.types import Instant


class Money(TypeDecorator[Decimal]):
    """An amount, stored as a whole number of its smallest unit: sums are exact on every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store the amount; what is smaller than the smallest unit has no place."""
        del dialect
        return None if value is None else int(value / SMALLEST)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Give the amount back."""
        del dialect
        return None if value is None else int(value) * SMALLEST


metadata = MetaData()
calls = Table(
    "llm_calls",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("request_id", Uuid, primary_key=True),
    # A request that is made again, since the process died over it, is a call of its own.
    Column("attempt", SmallInteger, primary_key=True, autoincrement=False),
    Column("conversation_id", Uuid),
    Column("run_id", Uuid),
    Column("scene", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("model", String(LONGEST_NAME), nullable=False),
    Column("state", String(8), nullable=False),
    Column("day", Date, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("ended", Instant),
    Column("reserved", Money, nullable=False),
    Column("cost", Money, nullable=False),
    Column("priced", Boolean, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("reasoning_tokens", Integer, nullable=False),
    CheckConstraint("state IN ('reserved', 'settled', 'lost')", name="ck_llm_call_state"),
    Index("ix_llm_calls_user_begun", "user_id", "begun"),
    # What has no end is looked for every minute; which calls are a conversation's, when it is deleted.
    Index("ix_llm_calls_state_begun", "state", "begun"),
    Index("ix_llm_calls_conversation", "user_id", "conversation_id"),
)
budgets = Table(
    "llm_budgets",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("limit", Money),
    Column("reserved", Money, nullable=False),
    Column("spent", Money, nullable=False),
    CheckConstraint("kind IN ('day', 'month')", name="ck_llm_budget_kind"),
)
