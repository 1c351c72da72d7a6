"""Times of a day: clocks, parts of the day, class periods."""

from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.ir import Clock, On, Part, PartName, Range, Sections

_HALF, _WHOLE = 12, 24
_HOUR: Final = 60
_MOST_SECTION: Final = 99
# The hours of a clock face that belong to a part of the day: as they are, twelve later, or after the midnight that ends it.
_FACE: Final = range(1, 12)
_MORNING: Final[dict[str, range]] = {"dawn": _FACE, "early": _FACE, "morning": _FACE, "noon": range(10, 12)}
_LATER: Final[dict[str, range]] = {
    "noon": range(1, 5),
    "afternoon": _FACE,
    "dusk": _FACE,
    "evening": range(5, 12),
    "night": range(7, 12),
}
_NEXT_DAY: Final[dict[str, range]] = {"evening": range(1, 5), "night": range(1, 7)}
_LATE: Final = frozenset({"noon", "afternoon", "dusk", "evening", "night"})


def face(hour: int, minute: int = 0) -> Clock | None:
    """Read a clock face: above twelve there is only one such time a day."""
    if hour > _WHOLE or minute >= _HOUR:
        return Clock(hour, minute, exact=True)
    return Clock(hour, minute, exact=hour > _HALF or hour == 0)


def wall(written: tuple[int, int, int, bool]) -> Clock:
    """Read HH:MM; a leading zero says that it is of the morning."""
    hour, minute, second, zero = written
    return Clock(hour, minute, second, exact=zero or hour > _HALF or hour == 0)


def halved(clock: Clock, half: int) -> Clock | None:
    """Read am and pm."""
    if clock.hour > _HALF:
        return clock if half and clock.hour < _WHOLE else None
    return Clock(clock.hour % _HALF + half, clock.minute, clock.second, exact=True)


def before_hour(hour: int, minutes: int) -> Clock | None:
    """Read a clock face so many minutes before an hour."""
    if not 1 <= hour <= _HALF or not 0 < minutes < _HOUR:
        return None
    return Clock((hour - 2) % _HALF + 1, _HOUR - minutes)


def past_hour(hour: int, minutes: int) -> Clock | None:
    """Read a clock face so many minutes past an hour, or before it."""
    if not 1 <= hour <= _HALF:
        return None
    return Clock(hour, minutes) if minutes >= 0 else before_hour(hour, -minutes)


def within(part: PartName, clock: Clock) -> Clock | On | None:
    """Read a clock face in its part of the day; one that is not of it stays beside it, and is said to be none later."""
    hour = clock.hour
    if clock.next_day:
        return clock
    if hour > _HALF:
        return clock if part in _LATE else On(Part(part), clock)
    if hour in (0, _HALF):
        return _at_twelve(part, clock)
    if hour in _MORNING.get(part, ()):
        return replace(clock, exact=True)
    if hour in _LATER.get(part, ()):
        return replace(clock, hour=hour + _HALF, exact=True)
    return replace(clock, exact=True, next_day=True) if hour in _NEXT_DAY.get(part, ()) else None


def _at_twelve(part: PartName, clock: Clock) -> Clock:
    """Read twelve: midnight ends an evening and begins a dawn, else it is noon."""
    if part in ("evening", "night"):
        return replace(clock, hour=0, exact=True, next_day=True)
    return replace(clock, hour=0 if part == "dawn" or clock.hour == 0 else _HALF, exact=True)


def sections(first: int, last: int) -> Sections | None:
    """Name class periods."""
    return Sections(first, last) if first <= _MOST_SECTION and last <= _MOST_SECTION else None


def neighbours(digits: tuple[int, ...]) -> Sections | None:
    """Read 七八 as 7 to 8."""
    ascending = all(after == before + 1 for before, after in pairwise(digits))
    return Sections(digits[0], digits[-1]) if ascending else None


def _pairs(first: int, last: int) -> Sections | None:
    return sections(2 * first - 1, 2 * last)


def _clock_range(start: Clock, end: Clock) -> Range:
    return Range(start, end)


def _neighbouring_hours(digits: tuple[int, ...]) -> Range | None:
    """Read 七八点."""
    return Range(Clock(digits[0]), Clock(digits[1])) if len(digits) == 2 and digits[1] == digits[0] + 1 else None  # noqa: PLR2004


def _hour_range(hour: int, end: Clock) -> Range | None:
    return Range(Clock(hour), end) if 1 <= hour <= _HALF else None


def _hours(first: int, last: int) -> Range | None:
    return Range(Clock(first), Clock(last)) if 1 <= first <= _HALF and 1 <= last <= _HALF else None


def _to_hour(start: Clock, last: int) -> Range | None:
    return Range(start, Clock(last)) if 1 <= last <= _HALF else None


def _lone(hour: int) -> Clock | None:
    return face(hour) if 1 <= hour <= _WHOLE else None


def _quarters(hour: int, count: int, quarter: int) -> Clock | None:
    return face(hour, count * quarter) if count in (1, 3) else None


def _merged(one: Sections, other: Sections) -> Sections | None:
    return sections(one.first, other.last)


def hours_within(part: PartName, hours: Range) -> Range | None:
    """Read a stretch of clocks in the part of the day in which it begins."""
    if not isinstance(hours.start, Clock) or not isinstance(hours.end, Clock):
        return None
    start = within(part, hours.start)
    return None if start is None else Range(start, hours.end)


CLOCKS: Final = (
    Rule("clock", "wall", wall),
    Rule("clock", "named_clock", lambda named: Clock(named[0], named[1], exact=True)),
    Rule("clock", "n clock_mark half", lambda hour, _, half: face(hour, half)),
    Rule("clock", "n clock_mark n quarter", lambda hour, _, count, quarter: _quarters(hour, count, quarter)),
    Rule("clock", "n clock_mark n minute_mark", lambda hour, _, minute, __: face(hour, minute)),
    Rule("clock", "n clock_mark beyond n minute_mark", lambda hour, _, __, minute, ___: face(hour, minute)),
    Rule("clock", "n clock_mark minute", lambda hour, _, minute: face(hour, minute)),
    Rule("clock", "n clock_mark whole", lambda hour, _, __: face(hour)),
    Rule("clock", "n clock_mark", lambda hour, _: face(hour)),
    Rule("clock", "n clock_mark short_of n minute_mark", lambda hour, _, __, minutes, ___: before_hour(hour, minutes)),
    Rule("clock", "short_of n minute_mark n clock_mark", lambda _, minutes, __, hour, ___: before_hour(hour, minutes)),
    Rule("clock", "n clock_mark short_of n quarter", lambda hour, _, __, count, quarter: before_hour(hour, count * quarter)),
    Rule("clock", "short_of n quarter n clock_mark", lambda _, count, quarter, hour, __: before_hour(hour, count * quarter)),
    Rule("clock", "n am_pm", lambda hour, half: halved(Clock(hour), half) if 1 <= hour <= _WHOLE else None),
    Rule("clock", "wall am_pm", lambda written, half: halved(wall(written), half)),
    Rule("clock", "n o_clock", lambda hour, _: _lone(hour)),
    Rule("clock", "minutes_past n", lambda minutes, hour: past_hour(hour, minutes)),
    Rule("clock", "n beyond n", lambda minutes, _, hour: past_hour(hour, minutes) if minutes < _HOUR else None),
    Rule("clock", "n minutes beyond n", lambda minutes, _, __, hour: past_hour(hour, minutes)),
    Rule("clock", "n minutes short_of n", lambda minutes, _, __, hour: before_hour(hour, minutes)),
    Rule("clock", "at_word n minute", lambda _, hour, minute: face(hour, minute) if hour <= _WHOLE else None),
    Rule("clock", "n minute am_pm", lambda hour, minute, half: halved(Clock(hour, minute), half) if 1 <= hour <= _WHOLE else None),
    Rule("clock", "at_word n", lambda _, hour: _lone(hour)),
    Rule("clock", "clock approx", lambda clock, _: clock),
    Rule("clock", "on clock", lambda _, clock: clock),
    Rule("clock", "part clock", within),
    Rule("clock", "weak_part clock", within),
    Rule("clock", "short_part clock", within),
    Rule("clock", "clock part", lambda clock, part: within(part, clock)),
    Rule("clock", "clock weak_part", lambda clock, part: within(part, clock)),
    Rule("clock", "n in_part", lambda hour, part: within(part, Clock(hour)) if 1 <= hour <= _HALF else None),
    Rule("in_part", "in_the weak_part", lambda _, part: part),
    Rule("part", "in_part", lambda part: part),
    Rule("part", "on part", lambda _, part: part),
    Rule("hours", "clock to clock", lambda start, _, end: _clock_range(start, end)),
    Rule("hours", "from clock to clock", lambda _, start, __, end: _clock_range(start, end)),
    Rule("hours", "from clock and clock", lambda _, start, __, end: _clock_range(start, end)),
    Rule("hours", "digits clock_mark", lambda digits, _: _neighbouring_hours(digits)),
    Rule("hours", "n to clock", lambda hour, _, end: _hour_range(hour, end)),
    Rule("hours", "from n to clock", lambda _, hour, __, end: _hour_range(hour, end)),
    Rule("hours", "from n and clock", lambda _, hour, __, end: _hour_range(hour, end)),
    Rule("hours", "part hours", hours_within),
    Rule("weak_hours", "from n to lone_n", lambda _, first, __, last: _hours(first, last)),
    Rule("weak_hours", "from n and lone_n", lambda _, first, __, last: _hours(first, last)),
    Rule("weak_hours", "from clock to lone_n", lambda _, start, __, last: _to_hour(start, last)),
    Rule("weak_hours", "clock to lone_n", lambda start, _, last: _to_hour(start, last)),
    Rule("weak_hours", "from clock and lone_n", lambda _, start, __, last: _to_hour(start, last)),
    Rule("weak_hours", "n to lone_n", lambda first, _, last: _hours(first, last)),
    Rule("hours", "weak_hours part", lambda hours, part: hours_within(part, hours)),
)


SECTIONS: Final = (
    Rule("sections", "ordinal_mark n section_mark", lambda _, first, __: sections(first, first)),
    Rule("sections", "ordinal_mark n to n section_mark", lambda _, first, __, last, ___: sections(first, last)),
    Rule("sections", "ordinal_mark n sep n section_mark", lambda _, first, __, last, ___: sections(first, last)),
    Rule("sections", "ordinal_mark n and n section_mark", lambda _, first, __, last, ___: sections(first, last)),
    Rule("sections", "ordinal_mark digits section_mark", lambda _, digits, __: neighbours(digits)),
    Rule("sections", "ordinal_mark n pair_mark", lambda _, number, __: _pairs(number, number)),
    Rule("sections", "ordinal_mark n to n pair_mark", lambda _, first, __, last, ___: _pairs(first, last)),
    Rule("sections", "n to n section_mark", lambda first, _, last, __: sections(first, last) if last > first else None),
    Rule("sections", "n sep n section_mark", lambda first, _, last, __: sections(first, last) if last == first + 1 else None),
    Rule("sections", "digits section_mark", lambda digits, _: neighbours(digits)),
    Rule("sections", "sections to sections", lambda one, _, other: _merged(one, other)),
    Rule("sections", "sections and sections", lambda one, _, other: _merged(one, other) if other.first == one.last + 1 else None),
    Rule("sections", "section_word n", lambda _, number: sections(number, number)),
    Rule("sections", "section_word n to n", lambda _, first, __, last: sections(first, last)),
    Rule("sections", "section_word n and n", lambda _, first, __, last: sections(first, last) if last == first + 1 else None),
    Rule("sections", "part sections", lambda _, named: named),
    Rule("sections", "in sections", lambda _, named: named),
    Rule("sections", "on sections", lambda _, named: named),
)

TIMES: Final = (
    Rule("time", "clock", lambda clock: clock),
    Rule("time", "part", Part),
    Rule("time", "sections", lambda named: named),
    Rule("time", "hours", lambda hours: hours),
)
RULES: Final = (*CLOCKS, *SECTIONS, *TIMES)
