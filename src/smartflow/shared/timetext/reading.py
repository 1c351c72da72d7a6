"""What words of time mean once it is known when they were said. Instants are UTC, intervals half-open."""

from datetime import date, datetime, time
from typing import Literal, TypeAlias

from msgspec import Struct

from smartflow.shared.calendar.sections import Slot
from smartflow.shared.timetext.ir import Recurrence

FaultCode = Literal[
    "no_such_date",
    "no_such_clock",
    "no_such_section",
    "no_such_part",
    "weekday_differs",
    "unknown_holiday",
    "no_term",
    "outside_term",
    "bad_range",
    "never",
    "out_of_range",
    "meaningless",
]


class InstantReading(Struct, frozen=True, tag="instant"):
    """A moment."""

    at: datetime


class DayReading(Struct, frozen=True, tag="day"):
    """A whole day, from its midnight to the next."""

    on: date
    start: datetime
    end: datetime


class IntervalReading(Struct, frozen=True, tag="interval"):
    """A stretch of time; without an end it is open. `slot`: the sections that were named."""

    start: datetime
    end: datetime | None = None
    slot: Slot | None = None


class DurationReading(Struct, frozen=True, tag="duration"):
    """A length."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    sections: int = 0


class DeadlineReading(Struct, frozen=True, tag="deadline"):
    """Until a moment; `since`: due inside a stretch, so not before that."""

    at: datetime
    since: datetime | None = None


class RecurrenceReading(Struct, frozen=True, tag="recurrence"):
    """What repeats: its rule as RFC 5545 has it, its first occurrence, its clock or sections, its last possible day."""

    rule: str
    on: date
    start: datetime
    end: datetime | None
    pattern: Recurrence
    clock: time | None = None
    sections: tuple[int, int] | None = None
    until: date | None = None


class SectionsReading(Struct, frozen=True, tag="sections"):
    """Class periods of a day, both inside."""

    first: int
    last: int


class Fault(Struct, frozen=True, tag="fault"):
    """What cannot be, said and not repaired; the facts name it."""

    code: FaultCode
    facts: dict[str, int | str] = {}


Reading: TypeAlias = (
    InstantReading | DayReading | IntervalReading | DurationReading | DeadlineReading | RecurrenceReading | SectionsReading | Fault
)


def start_of(reading: Reading) -> datetime | None:
    """Give the moment at which what was read begins; of a deadline, the moment itself."""
    if isinstance(reading, InstantReading | DeadlineReading):
        return reading.at
    return reading.start if isinstance(reading, DayReading | IntervalReading | RecurrenceReading) else None


def end_of(reading: Reading) -> datetime | None:
    """Give the moment at which a stretch, or the first occurrence of what repeats, is over."""
    return reading.end if isinstance(reading, DayReading | IntervalReading | RecurrenceReading) else None
