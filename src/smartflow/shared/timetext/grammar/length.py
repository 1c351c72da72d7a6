"""How long: durations, and days and instants so far from another."""

from decimal import Decimal
from typing import Final

from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.ir import Clock, Date, Duration, Holiday, Now, On, Range, Shift, Weekday, When

_DAY: Final = 86400
_HOUR: Final = 3600
_MINUTE: Final = 60
_MONTH_DAYS: Final = 30
_WEEK: Final = 7
_HALF: Final = 12
_MOST: Final = 9999
Length = tuple[int, int, int, int]
"""Months, days, seconds, sections."""


def times(count: int | str, length: Length) -> Duration | None:
    """Take a length so many times; of a fraction the smaller unit gets the rest."""
    number = Decimal(count)
    if number > _MOST:
        return None
    months, days, seconds, sections = (number * each for each in length)
    days += months % 1 * _MONTH_DAYS
    seconds += days % 1 * _DAY
    if sections % 1:
        return None
    return Duration(int(months), int(days), int(seconds), int(sections))


def half_more(count: int, length: Length) -> Duration | None:
    """Take a length so many times and a half."""
    return times(f"{count}.5", length)


def plus(one: Duration, other: Duration) -> Duration | None:
    """Add a length in smaller units: 1 小时 30 分钟."""
    if other.sections or _seconds(other) >= _step(one):
        return None
    return Duration(one.months + other.months, one.days + other.days, one.seconds + other.seconds, one.sections + other.sections)


def shift(by: Duration, direction: int = 1, base: When | None = None) -> Shift | None:
    """Go so far from now or from a day."""
    return None if by.sections else Shift(by, direction < 0, base)


def days_on(count: int) -> Shift:
    """Give today, tomorrow or yesterday."""
    return Shift(Duration(days=abs(count)), count < 0)


def beside(base: When, count: int) -> Shift:
    """Give the day before or after another."""
    return Shift(Duration(days=abs(count)), count < 0, base)


def weekdays_on(count: int, day: int, direction: int) -> Shift | None:
    """Read "two Fridays from now"."""
    return Shift(Duration(days=_WEEK * (count - 1)), base=Weekday(day)) if direction > 0 and 1 <= count <= _MOST else None


def coming(direction: int, by: Duration) -> Range | None:
    """Give the stretch of that length that begins or ends now."""
    if by.sections:
        return None
    far = Shift(by, direction < 0)
    return Range(Now(), far) if direction > 0 else Range(far, Now())


def _step(length: Duration) -> int:
    """Give the smallest unit of a length, in seconds."""
    if length.sections:
        return 0
    if length.seconds:
        return next((unit for unit in (_HOUR, _MINUTE) if length.seconds % unit == 0), 1)
    return _DAY if length.days else _MONTH_DAYS * _DAY


def _seconds(length: Duration) -> int:
    return (length.months * _MONTH_DAYS + length.days) * _DAY + length.seconds


def _based(by: Duration, direction: int, base: When) -> Shift | None:
    named = isinstance(base, Date | Weekday | Holiday | Shift | On | Clock)
    return shift(by, direction, base) if named else None


def _hours_and(count: int, length: Length, minutes: int) -> Duration | None:
    return Duration(seconds=count * _HOUR + minutes * _MINUTE) if length[2] == _HOUR else None


RULES: Final = (
    Rule("duration", "n length", times),
    Rule("duration", "n hyphen length", lambda count, _, length: times(count, length)),
    Rule("duration", "decimal length", times),
    Rule("duration", "few length", times),
    Rule("not", "ordinal_mark n length", lambda _, __, length: None if length[1] == _WEEK or length[3] else ""),
    Rule("duration", "half_length", lambda length: Duration(*length)),
    Rule("duration", "n measure half length", lambda count, _, __, length: half_more(count, length)),
    Rule("duration", "n length half", lambda count, length, _: half_more(count, length)),
    Rule("duration", "n and_half length", lambda count, _, length: half_more(count, length)),
    Rule("duration", "n quarter", lambda count, quarter: Duration(seconds=count * quarter * _MINUTE)),
    Rule("duration", "duration duration", plus),
    Rule("duration", "duration and duration", lambda one, _, other: plus(one, other)),
    Rule("duration", "n length minute", _hours_and),
    Rule("duration", "for duration", lambda _, length: length),
    Rule("some", "a length", times),
    Rule("some", "a length and_half", lambda count, length, _: half_more(count, length)),
    Rule("some", "duration", lambda length: length),
    Rule("duration", "for some", lambda _, length: length),
    Rule("duration", "a length and_half", lambda count, length, _: half_more(count, length)),
    Rule("day", "days_on", days_on),
    Rule("day", "duration post", lambda by, _: shift(by)),
    Rule("day", "n days_length post", lambda count, length, _: shift(by) if (by := times(count, length)) else None),
    Rule("range", "n days_length inside", lambda count, length, _: coming(1, by) if (by := times(count, length)) else None),
    Rule("day", "n weekdays later", weekdays_on),
    Rule("day", "weekday next_but_one", lambda day, _: weekdays_on(2, day, 1)),
    Rule("day", "some of_day clock", _based),
    Rule("day", "some of_day lone_n", lambda by, direction, hour: _based(by, direction, Clock(hour)) if 1 <= hour <= _HALF else None),
    Rule("day", "clock pre duration", lambda clock, _, by: _based(by, -1, clock) if by.seconds else None),
    Rule("range", "next length", lambda direction, length: coming(direction, Duration(*length)) if length[2] else None),
    Rule("range", "in next length", lambda _, direction, length: coming(direction, Duration(*length)) if length[2] else None),
    Rule("range", "within next length", lambda _, direction, length: coming(direction, Duration(*length))),
    Rule("day", "duration pre", lambda by, _: shift(by, -1)),
    Rule("day", "in some", lambda _, by: shift(by)),
    Rule("day", "some later", shift),
    Rule("day", "some of_day day", _based),
    Rule("day", "in some of_day day", lambda _, by, direction, base: _based(by, direction, base)),
    Rule("day", "day pre duration", lambda base, _, by: _based(by, -1, base)),
    Rule("day", "day post duration", lambda base, _, by: _based(by, 1, base)),
    Rule("day", "day day_beside", beside),
    Rule("day", "day_beside day", lambda count, base: beside(base, count)),
    Rule("range", "coming some", coming),
    Rule("range", "next some", coming),
    Rule("range", "gone some", coming),
    Rule("range", "gone length", lambda direction, length: coming(direction, Duration(*length))),
    Rule("range", "in gone some", lambda _, direction, by: coming(direction, by)),
    Rule("range", "within some", lambda _, by: coming(1, by)),
    Rule("range", "in coming some", lambda _, direction, by: coming(direction, by)),
    Rule("range", "duration inside", lambda by, _: coming(1, by)),
    Rule("range", "in duration inside", lambda _, by, __: coming(1, by)),
)
