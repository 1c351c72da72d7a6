"""Times on days."""

from typing import Final

from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.grammar.clock import within
from smartflow.shared.timetext.grammar.length import days_on
from smartflow.shared.timetext.grammar.unit import edge
from smartflow.shared.timetext.ir import Clock, Date, Edge, On, OneOf, Part, PartName, Range, Shift, Weekday, When

_HALF: Final = 12
_DAYS: Final = 31
_PARTS: Final[dict[str, PartName]] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening"}


def part_of(shift: int, name: str) -> On | None:
    """Read "this morning"."""
    return On(days_on(0), Part(_PARTS[name])) if shift == 0 and name in _PARTS else None


def part_on(value: tuple[int, PartName]) -> On:
    """Read 今晚."""
    return On(days_on(value[0]), Part(value[1]))


def refined(at: When, clock: Clock) -> On | None:
    """Read 今晚8点: the clock is of that part of the day."""
    if not isinstance(at, On) or not isinstance(at.time, Part):
        return None
    found = within(at.time.name, clock)
    return None if found is None else On(at.day, found)


def hours_in(at: When, hours: Range) -> On | None:
    """Read 今晚7点到9点."""
    start = refined(at, hours.start) if isinstance(hours.start, Clock) else None
    return None if start is None else On(start.day, Range(start.time, hours.end))


def on(day: When, time: When) -> On | None:
    """Put a time onto a day."""
    return None if isinstance(day, On) or _has_clock(day) else On(day, time)


def _has_clock(day: When) -> bool:
    return isinstance(day, Shift) and bool(day.by.seconds)


RULES: Final = (
    Rule("at", "day", lambda day: day),
    Rule("at", "day time", on),
    Rule("at", "at clock", refined),
    Rule("at", "clock at", lambda clock, at: refined(at, clock)),
    Rule("at", "n at", lambda hour, at: refined(at, Clock(hour)) if 1 <= hour <= _HALF else None),
    Rule("at", "at weak_hours", hours_in),
    Rule("at", "at hours", hours_in),
    Rule("at", "weak_hours at", lambda hours, at: hours_in(at, hours)),
    Rule("at", "hours at", lambda hours, at: hours_in(at, hours)),
    Rule("choice", "two_days", lambda both: OneOf(tuple(days_on(each) for each in both))),
    Rule("day", "day all_day", lambda day, _: day),
    Rule("day", "all_day day", lambda _, day: day),
    Rule("at", "time day", lambda time, day: on(day, time)),
    Rule("at", "day short_part", lambda day, part: on(day, Part(part))),
    Rule("at", "weak_part ordinal_number", lambda part, day: On(Date(day), Part(part)) if day <= _DAYS else None),
    Rule("at", "day weak_part", lambda day, part: on(day, Part(part))),
    Rule("at", "weak_part day", lambda part, day: on(day, Part(part))),
    Rule("at", "day weak_hours", on),
    Rule("at", "weak_hours day", lambda hours, day: on(day, hours)),
    Rule("at", "weak_weekday time", lambda day, time: On(Weekday(day), time)),
    Rule("at", "short_day part", lambda count, part: On(days_on(count), Part(part))),
    Rule("at", "short_day clock", lambda count, clock: On(days_on(count), clock) if clock.exact else None),
    Rule("at", "part_of_day_on", part_on),
    Rule("at", "on at", lambda _, at: at),
    Rule("at", "for at", lambda _, at: at),
    Rule("at", "rel unit", part_of),
    Rule("at", "rel weak_part", part_of),
    Rule("at", "day_end", lambda _: Edge("end", days_on(0))),
    Rule("at", "day_end day", lambda _, day: edge("end", day)),
    Rule("at", "day day_end", lambda day, _: edge("end", day)),
)
