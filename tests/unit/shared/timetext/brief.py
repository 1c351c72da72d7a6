"""Readings, short enough to be written into a list: `11-24 15:00`, `11-23..11-29`, `by 11-28 24:00`, `WEEKLY;BYDAY=TU @ 11-24`."""

from datetime import UTC, date, datetime, timedelta
from functools import singledispatch
from zoneinfo import ZoneInfo

from smartflow.shared.calendar.sections import default_table
from smartflow.shared.calendar.term import Term
from smartflow.shared.timetext.ir import When
from smartflow.shared.timetext.reading import (
    DayReading,
    DeadlineReading,
    Fault,
    InstantReading,
    IntervalReading,
    Reading,
    RecurrenceReading,
    SectionsReading,
)
from smartflow.shared.timetext.resolve import resolve
from smartflow.shared.timetext.say import say

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai, in week 12 of 20
TERM = Term(date(2026, 9, 7), date(2027, 1, 24), ZONE, default_table())


def readings(ir: When, term: Term | None = TERM, now: datetime = NOW, zone: str = ZONE) -> list[str]:
    """Understand an IR in the fixture's week."""
    return [brief(each) for each in resolve(ir, now, zone, term)]


@singledispatch
def brief(reading: Reading) -> str:
    """Write a reading."""
    return say(reading, "en", ZONE, NOW)


@brief.register
def _(reading: InstantReading) -> str:
    return moment(reading.at)


@brief.register
def _(reading: DayReading) -> str:
    assert there(reading.start) == datetime.combine(reading.on, datetime.min.time(), ZoneInfo(ZONE))
    return day(reading.on)


@brief.register
def _(reading: IntervalReading) -> str:
    slot = "" if reading.slot is None else f" {span(reading.slot.first, reading.slot.last)}"
    return stretch(reading.start, reading.end) + slot


@brief.register
def _(reading: DeadlineReading) -> str:
    return f"by {ending(reading.at)}"


@brief.register
def _(reading: RecurrenceReading) -> str:
    rule = reading.rule.removeprefix("FREQ=").partition(";UNTIL")[0]
    whole = reading.clock is None and reading.sections is None
    first = day(reading.on) if whole else moment(reading.start) if reading.end is None else stretch(reading.start, reading.end)
    sections = f" {span(*reading.sections)}" if reading.sections else ""
    return f"{rule} @ {first}{sections}" + (f" until {day(reading.until)}" if reading.until else "")


@brief.register
def _(reading: SectionsReading) -> str:
    return span(reading.first, reading.last)


@brief.register
def _(reading: Fault) -> str:
    return f"fault {reading.code}"


def stretch(start: datetime, end: datetime | None) -> str:
    """Write a stretch: whole days by their dates, hours of one day by their clocks."""
    midnight = there(start).time() == datetime.min.time()
    begins = day(there(start).date()) if midnight else moment(start)
    if end is None:
        return f"{begins}.."
    if midnight and there(end).time() == datetime.min.time():
        return f"{begins}..{day((there(end) - timedelta(days=1)).date())}"
    last, _, clock = ending(end).partition(" ")
    return f"{moment(start)}-{clock}" if last == day(there(start).date()) else f"{begins}..{last} {clock}"


def ending(at: datetime) -> str:
    """Write an end: midnight is 24:00 of the day before."""
    if there(at).time() == datetime.min.time():
        return f"{day((there(at) - timedelta(days=1)).date())} 24:00"
    return moment(at)


def moment(at: datetime) -> str:
    """Write a moment."""
    return f"{day(there(at).date())} {there(at):%H:%M}"


def day(on: date) -> str:
    """Write a date; its year if it is not the fixture's."""
    return f"{on:%m-%d}" if on.year == NOW.year else on.isoformat()


def there(at: datetime) -> datetime:
    """Put a moment onto the wall."""
    return at.astimezone(ZoneInfo(ZONE))


def span(first: int, last: int) -> str:
    """Write sections."""
    return f"s{first}" if first == last else f"s{first}-{last}"
