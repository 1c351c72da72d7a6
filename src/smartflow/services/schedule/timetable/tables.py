"""The rows of the schedule, but for plans: terms, courses, study plans, events and the journal.

Coordinates are the truth and instants are derived from them. A constraint stands behind each invariant that one can hold.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Time,
    UniqueConstraint,
    Uuid,
)

from smartflow.shared.database.types import BigKey, Instant

metadata = MetaData()


def _key() -> Column[int]:
    return Column("id", BigKey, primary_key=True, autoincrement=True)


def _owner() -> Column[int]:
    return Column("user_id", BigInteger, nullable=False)


def _times() -> tuple[Column[object], Column[object]]:
    return Column("created_at", Instant, nullable=False), Column("updated_at", Instant, nullable=False)


versions = Table(
    "schedule_versions",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    *_times(),
)
terms = Table(
    "schedule_terms",
    metadata,
    _key(),
    _owner(),
    Column("name", String(64), nullable=False),
    Column("first_monday", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("preferences", JSON, nullable=False),
    *_times(),
    CheckConstraint("first_monday <= last_day", name="ck_schedule_terms_range"),
    Index("ix_schedule_terms_user", "user_id", "first_monday"),
    sqlite_autoincrement=True,
)
sections = Table(
    "schedule_sections",
    metadata,
    Column("user_id", BigInteger, nullable=False),
    Column("term_id", BigInteger, ForeignKey("schedule_terms.id", ondelete="CASCADE"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("starts", Time, nullable=False),
    Column("ends", Time, nullable=False),
    Column("break_after", Boolean, nullable=False),
    Index("ix_schedule_sections_user", "user_id", "term_id"),
)
day_overrides = Table(
    "schedule_day_overrides",
    metadata,
    Column("user_id", BigInteger, nullable=False),
    Column("term_id", BigInteger, ForeignKey("schedule_terms.id", ondelete="CASCADE"), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("week", SmallInteger),
    Column("day", SmallInteger),
    CheckConstraint("kind IN ('off', 'follows')", name="ck_schedule_day_overrides_kind"),
    Index("ix_schedule_day_overrides_user", "user_id", "term_id"),
)
courses = Table(
    "schedule_courses",
    metadata,
    _key(),
    _owner(),
    Column("term_id", BigInteger, ForeignKey("schedule_terms.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("location", String(255), nullable=False),
    Column("teacher", String(255), nullable=False),
    Column("is_filler", Boolean, nullable=False),
    Column("attention_left", SmallInteger, nullable=False),
    Column("hidden_at", Instant),
    *_times(),
    CheckConstraint("attention_left BETWEEN 1 AND 3", name="ck_schedule_courses_attention"),
    Index("ix_schedule_courses_user", "user_id", "term_id"),
    Index("ix_schedule_courses_hidden", "hidden_at"),
    sqlite_autoincrement=True,
)
classes = Table(
    "schedule_classes",
    metadata,
    _key(),
    _owner(),
    Column("name", String(255), nullable=False),
    Column("mode", String(8), nullable=False),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("strategy", String(8), nullable=False),
    Column("importance", SmallInteger, nullable=False),
    Column("total_slots", Integer, nullable=False),
    Column("subject_type", String(16)),
    Column("difficulty", String(8)),
    Column("intensity", String(8)),
    Column("allow_fillers", Boolean, nullable=False),
    Column("excluded_days", Integer, nullable=False),
    Column("excluded_pairs", Integer, nullable=False),
    Column("hidden_at", Instant),
    *_times(),
    CheckConstraint("start_date IS NULL OR end_date IS NULL OR start_date <= end_date", name="ck_schedule_classes_range"),
    CheckConstraint("mode <> 'auto' OR (start_date IS NOT NULL AND end_date IS NOT NULL)", name="ck_schedule_classes_auto"),
    CheckConstraint("mode IN ('auto', 'manual')", name="ck_schedule_classes_mode"),
    CheckConstraint("strategy IN ('steady', 'rapid')", name="ck_schedule_classes_strategy"),
    Index("ix_schedule_classes_user", "user_id", "id"),
    Index("ix_schedule_classes_hidden", "hidden_at"),
    sqlite_autoincrement=True,
)
items = Table(
    "schedule_items",
    metadata,
    _key(),
    _owner(),
    Column("class_id", BigInteger, ForeignKey("schedule_classes.id", ondelete="CASCADE"), nullable=False),
    Column("order", Integer, nullable=False),
    Column("content", String(1000), nullable=False),
    Column("duration_sections", SmallInteger, nullable=False),
    Column("hidden_at", Instant),
    *_times(),
    CheckConstraint('"order" >= 1', name="ck_schedule_items_order"),
    CheckConstraint("duration_sections BETWEEN 1 AND 4", name="ck_schedule_items_duration"),
    Index("ix_schedule_items_user", "user_id", "class_id"),
    Index("ix_schedule_items_class", "class_id"),
    Index("ix_schedule_items_hidden", "hidden_at"),
    sqlite_autoincrement=True,
)
events = Table(
    "schedule_events",
    metadata,
    _key(),
    _owner(),
    Column("term_id", BigInteger, ForeignKey("schedule_terms.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("source_version", Integer),
    Column("week", SmallInteger, nullable=False),
    Column("day", SmallInteger, nullable=False),
    Column("first", SmallInteger, nullable=False),
    Column("last", SmallInteger, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("done_sections", SmallInteger, nullable=False),
    Column("reported_at", Instant),
    Column("pinned", Boolean, nullable=False),
    Column("nominal_week", SmallInteger),
    Column("nominal_day", SmallInteger),
    Column("makes_up_id", BigInteger),
    Column("live_key", String(64)),
    Column("last_change_set", BigInteger),
    *_times(),
    CheckConstraint('"first" <= "last"', name="ck_schedule_events_range"),
    CheckConstraint("kind IN ('course', 'item', 'task')", name="ck_schedule_events_kind"),
    CheckConstraint("state IN ('live', 'done', 'partly', 'skipped', 'suspended')", name="ck_schedule_events_state"),
    UniqueConstraint("user_id", "live_key", name="uq_schedule_events_live"),
    Index("ix_schedule_events_place", "user_id", "term_id", "week", "day"),
    Index("ix_schedule_events_starts", "user_id", "starts_at"),
    Index("ix_schedule_events_source", "user_id", "kind", "source_id"),
    sqlite_autoincrement=True,
)
occupancy = Table(
    "schedule_occupancy",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("term_id", BigInteger, primary_key=True, autoincrement=False),
    Column("week", SmallInteger, primary_key=True, autoincrement=False),
    Column("day", SmallInteger, primary_key=True, autoincrement=False),
    Column("section", SmallInteger, primary_key=True, autoincrement=False),
    Column("event_id", BigInteger, ForeignKey("schedule_events.id", ondelete="CASCADE"), nullable=False),
    Index("ix_schedule_occupancy_event", "event_id"),
)
embeddings = Table(
    "schedule_embeddings",
    metadata,
    Column("user_id", BigInteger, nullable=False),
    Column("host_event_id", BigInteger, ForeignKey("schedule_events.id", ondelete="CASCADE"), primary_key=True),
    Column("section", SmallInteger, primary_key=True, autoincrement=False),
    Column("guest_event_id", BigInteger, ForeignKey("schedule_events.id", ondelete="CASCADE"), nullable=False),
    UniqueConstraint("guest_event_id", "section", name="uq_schedule_embeddings_guest"),
    Index("ix_schedule_embeddings_user", "user_id", "host_event_id"),
)
task_endings = Table(
    "schedule_task_endings",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
change_sets = Table(
    "schedule_change_sets",
    metadata,
    _key(),
    _owner(),
    Column("version", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("actor", String(16), nullable=False),
    Column("note", String(200)),
    Column("plan_id", Uuid),
    Column("undo_of", BigInteger),
    Column("cause", String(64)),
    Column("added", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("entries", JSON, nullable=False),
    *_times(),
    UniqueConstraint("user_id", "version", name="uq_schedule_change_sets_version"),
    UniqueConstraint("user_id", "cause", name="uq_schedule_change_sets_cause"),
    UniqueConstraint("plan_id", name="uq_schedule_change_sets_plan"),
    UniqueConstraint("undo_of", name="uq_schedule_change_sets_undo"),
    sqlite_autoincrement=True,
)
