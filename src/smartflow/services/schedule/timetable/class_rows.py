"""The rows of study plans, for every room that needs their rules."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from smartflow.client.schedule.classes import ClassRules
from smartflow.services.schedule.timetable.tables import classes
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.ids import ClassId, OwnerId


async def rules(reader: Read, owner: OwnerId) -> dict[ClassId, ClassRules]:
    """Load the rules of every class that is in sight."""
    rows = await reader.all(select(classes).where(classes.c.user_id == owner, classes.c.hidden_at.is_(None)))
    return {ClassId(row.id): rules_from(row) for row in rows}


def rules_from(row: Row[Any]) -> ClassRules:
    """Read a class's row."""
    return ClassRules(
        name=row.name,
        mode=row.mode,
        strategy=row.strategy,
        total_slots=row.total_slots,
        start=row.start_date,
        end=row.end_date,
        importance=row.importance,
        subject=row.subject_type,
        difficulty=row.difficulty,
        intensity=row.intensity,
        allow_fillers=row.allow_fillers,
        excluded_days=numbers_of(row.excluded_days),
        excluded_pairs=numbers_of(row.excluded_pairs),
    )


def bits_of(numbers: Iterable[int]) -> int:
    """Write numbers from 1 as bits."""
    return sum(1 << (number - 1) for number in set(numbers))


def numbers_of(bits: int) -> frozenset[int]:
    """Read numbers from 1 out of bits."""
    return frozenset(number for number in range(1, bits.bit_length() + 1) if bits >> (number - 1) & 1)
