"""From one to another, until, from .. on; deadlines; choices."""

from typing import Final, Literal

from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.grammar.day import pointed
from smartflow.shared.timetext.ir import (
    Clock,
    Date,
    Deadline,
    Duration,
    Month,
    Now,
    On,
    OneOf,
    Part,
    Range,
    Shift,
    TermWeek,
    Unit,
    Weekday,
    When,
)

_DAYS, _DAYS_OF_WEEK, _HALF, _MOST_WEEK, _MOST_CHOICES = 31, 7, 12, 99, 4


def between(start: When, end: When) -> Range | None:
    """Go from one to the other; both are of a kind."""
    if isinstance(start, Range | Deadline) or isinstance(end, Range | Deadline):
        return None
    if isinstance(start, OneOf) and isinstance(end, OneOf):
        return None
    if _has_hours(start) or _has_hours(end):
        return None
    return Range(start, end)


def _has_hours(when: When) -> bool:
    return isinstance(when, On) and isinstance(when.time, Range)


def to_day(start: When, day: int) -> Range | None:
    """Read 12月1日到5 and "Dec 1 to 5"."""
    fits = isinstance(start, Date) and start.month is not None and start.day < day <= _DAYS
    return Range(start, Date(day, start.month, start.year, start.shift)) if fits and isinstance(start, Date) else None


def same_month(start: When, end: When) -> Range | None:
    """Read 12月1日到5日: the second day is of the first one's month."""
    bare = isinstance(end, Date) and end.month is None and end.shift is None
    return to_day(start, end.day) if bare and isinstance(end, Date) else None


def days_of_month(first: int, last: Date) -> Range | None:
    """Read 1-5号."""
    return Range(Date(first), last) if last.month is None and 1 <= first < last.day else None


def to_weekday(start: When, day: int) -> Range | None:
    """Read 周一到五."""
    fits = isinstance(start, Weekday) and start.day < day <= _DAYS_OF_WEEK
    return Range(start, Weekday(day, start.week)) if fits and isinstance(start, Weekday) else None


def weeks(first: int, last: int) -> Range | None:
    """Read 第9-16周 and "weeks 9-16"."""
    return Range(TermWeek(first), TermWeek(last)) if 1 <= first < last <= _MOST_WEEK else None


def months(first: int, last: Month) -> Range | None:
    """Read 9到12月."""
    return Range(Month(first), last) if 1 <= first < last.month and last.year is None else None


def same_day(start: When, end: Clock) -> Range | On | None:
    """Read 明天下午三点到五点 where the clocks were not yet one: a clock that ends what began on a day."""
    if not isinstance(start, On) or not isinstance(start.time, Clock):
        return None
    return On(start.day, Range(start.time, end))


def rest(of: When) -> Range | None:
    """Read "the rest of the week"."""
    return Range(Now(), of) if isinstance(of, Unit | Shift | TermWeek) else None


def rest_of_day(name: str) -> Range | None:
    """Read "the rest of the day"."""
    return Range(Now(), Shift(Duration())) if name == "day" else None


def until(end: When) -> Range | None:
    """Go on until something."""
    return None if isinstance(end, Range | Deadline) else Range(None, end)


def onward(start: When) -> Range | None:
    """Go on from something."""
    return None if isinstance(start, Range | Deadline) else Range(start, None)


def afterwards(start: When) -> Range | None:
    """Go on from the end of something."""
    return None if isinstance(start, Range | Deadline) else Range(start, None, after=True)


def deadline(edge: Literal["before", "by"], of: When) -> Deadline | None:
    """Be done before something or by it."""
    if isinstance(of, Deadline):
        # "due before", 最晚 .. 之前
        return of
    return None if isinstance(of, Range) else Deadline(edge, of)


def on_day(day: When, due: Deadline) -> Deadline | None:
    """Read "tomorrow by 5pm": the clock is of that day."""
    return Deadline(due.edge, On(day, due.of)) if isinstance(due.of, Clock | Part) and not isinstance(day, On) else None


def either(one: When, other: When) -> OneOf | None:
    """Offer a choice."""
    if isinstance(other, On) and isinstance(one, Weekday | Date | Shift):
        # "Tuesday or Wednesday afternoon": of both.
        one = On(one, other.time)
    options = (*_options(one), *_options(other))
    return OneOf(options) if len(options) <= _MOST_CHOICES else None


def either_clock(one: When, clock: Clock) -> OneOf | None:
    """Offer two clocks of a day."""
    return OneOf((one, On(one.day, clock))) if isinstance(one, On) and isinstance(one.time, Clock) else None


def _options(one: When) -> tuple[When, ...]:
    return one.options if isinstance(one, OneOf) else (one,)


def _lone(hour: int) -> Clock | None:
    return Clock(hour) if 1 <= hour <= _HALF else None


def _by_hour(edge: Literal["before", "by"], hour: int) -> Deadline | None:
    return Deadline(edge, Clock(hour)) if 1 <= hour <= _HALF else None


def _by_date(edge: Literal["before", "by"], day: int, time: When) -> Deadline | None:
    return Deadline(edge, On(Date(day), time)) if day <= _DAYS else None


def _month_days(named: Month, first: int, last: Date) -> Range | None:
    if last.month is not None or not 1 <= first < last.day <= _DAYS:
        return None
    return Range(Date(first, named.month, named.year, named.shift), Date(last.day, named.month, named.year, named.shift))


def _to_week(first: int, last: When) -> Range | None:
    return weeks(first, last.week) if isinstance(last, TermWeek) and last.week is not None and last.day is None else None


WHEN: Final = (
    Rule("when", "at", lambda at: at),
    Rule("when", "period", lambda period: period),
    Rule("when", "time", lambda time: time),
)
RANGES: Final = (
    Rule("range", "when to when", lambda start, _, end: same_month(start, end) or between(start, end)),
    Rule("range", "from when to when", lambda _, start, __, end: same_month(start, end) or between(start, end)),
    Rule("range", "from when and when", lambda _, start, __, end: same_month(start, end) or between(start, end)),
    Rule("range", "from now to when", lambda _, __, ___, end: between(Now(), end)),
    Rule("range", "now to when", lambda _, __, end: between(Now(), end)),
    Rule("range", "date to n", lambda start, _, day: to_day(start, day)),
    Rule("range", "from date to n", lambda _, start, __, day: to_day(start, day)),
    Rule("range", "date to ordinal", lambda start, _, day: to_day(start, day)),
    Rule("range", "from date to ordinal", lambda _, start, __, day: to_day(start, day)),
    Rule("range", "named_month n to date", lambda named, first, _, last: _month_days(named, first, last)),
    Rule("range", "n to date", lambda first, _, last: days_of_month(first, last)),
    Rule("range", "n to n named_month", lambda first, _, last, named: _month_days(named, first, Date(last))),
    Rule("range", "weekday to n", lambda first, _, last: to_weekday(Weekday(first), last)),
    Rule("range", "day to n", lambda start, _, last: to_weekday(start, last)),
    Rule("range", "ordinal_mark n to n week_mark", lambda _, first, __, last, ___: weeks(first, last)),
    Rule("range", "n to n week_mark", lambda first, _, last, __: weeks(first, last)),
    Rule("range", "ordinal_mark n to period", lambda _, first, __, last: _to_week(first, last)),
    Rule("range", "week_word n to n", lambda _, first, __, last: weeks(first, last)),
    Rule("range", "n to month_name", lambda first, _, last: months(first, last)),
    Rule("range", "from n to month_name", lambda _, first, __, last: months(first, last)),
    Rule("range", "until when", lambda _, end: until(end)),
    Rule("range", "until when until_mark", lambda _, end, __: until(end)),
    Rule("range", "until lone_n", lambda _, hour: until(clock) if (clock := _lone(hour)) else None),
    Rule("range", "after when", lambda _, start: afterwards(start)),
    Rule("range", "when post", lambda start, _: afterwards(start)),
    Rule("range", "when onward to when", lambda start, _, __, end: between(start, end)),
    Rule("range", "from when onward to when", lambda _, start, __, ___, end: between(start, end)),
    Rule("range", "range until_mark", lambda found, _: found),
    Rule("range", "when onward", lambda start, _: onward(start)),
    Rule("range", "from when onward", lambda _, start, __: onward(start)),
    Rule("range", "from when hence", lambda _, start, __: onward(start)),
    Rule("range", "from now hence", lambda _, __, ___: Range(Now(), None)),
    Rule("range", "from now onward", lambda _, __, ___: Range(Now(), None)),
    Rule("range", "from when", lambda _, start: onward(start)),
    Rule("range", "rest_of unit", lambda _, name: rest(Unit(name)) if name in ("week", "month", "year", "term") else rest_of_day(name)),
    Rule("range", "rest_of period", lambda _, of: rest(of)),
    Rule("range", "rest_of day", lambda _, of: rest(of)),
    Rule("range", "month_name to month_name", lambda start, _, end: between(start, end)),
    Rule("range", "from named_month to named_month", lambda _, start, __, end: between(start, end)),
    Rule("range", "on range", lambda _, found: found),
    Rule("range", "for range", lambda _, found: found),
    Rule("at", "at to clock", lambda start, _, end: same_day(start, end)),
)
DEADLINES: Final = (
    Rule("deadline", "before when", deadline),
    Rule("deadline", "by when", deadline),
    Rule("deadline", "by deadline", deadline),
    Rule("deadline", "before ordinal_number", lambda edge, day: deadline(edge, Date(day)) if day <= _DAYS else None),
    Rule("deadline", "by ordinal_number", lambda edge, day: deadline(edge, Date(day)) if day <= _DAYS else None),
    Rule("deadline", "before named_month", deadline),
    Rule("deadline", "by named_month", deadline),
    Rule("deadline", "by ordinal_number time", _by_date),
    Rule("deadline", "before ordinal_number time", _by_date),
    Rule("deadline", "before lone_n", _by_hour),
    Rule("deadline", "by lone_n", _by_hour),
    Rule("deadline", "by weak_weekday", lambda edge, day: deadline(edge, Weekday(day))),
    Rule("deadline", "before weak_weekday", lambda edge, day: deadline(edge, Weekday(day))),
    Rule("deadline", "when pre", lambda of, edge: deadline(edge, of)),
    Rule("deadline", "when due", lambda of, edge: deadline(edge, of)),
    Rule("deadline", "decimal pre", lambda written, edge: deadline(edge, date) if (date := pointed(written)) else None),
    Rule("deadline", "inside_unit", lambda name: Deadline("by", Unit(name))),
    Rule("deadline", "deadline due", lambda found, _: found),
    Rule("deadline", "within period", lambda _, of: Deadline("by", of)),
    Rule("deadline", "within day", lambda _, of: Deadline("by", of)),
    Rule("deadline", "period inside", lambda of, _: Deadline("by", of)),
    Rule("deadline", "day inside", lambda of, _: Deadline("by", of)),
    Rule("deadline", "range due", lambda found, _: Deadline("by", found)),
    Rule("deadline", "by range", lambda _, found: Deadline("by", found) if found.end is not None else None),
    Rule("deadline", "day deadline", on_day),
    Rule("deadline", "deadline day", lambda due, day: on_day(day, due)),
    Rule("deadline", "on deadline", lambda _, found: found),
)
CHOICES: Final = (
    Rule("choice", "at or at", lambda one, _, other: either(one, other)),
    Rule("choice", "at or clock", lambda one, _, clock: either_clock(one, clock)),
    Rule("choice", "period or period", lambda one, _, other: either(one, other)),
    Rule("choice", "at or choice", lambda one, _, other: either(one, other)),
    Rule("choice", "at sep choice", lambda one, _, other: either(one, other)),
    Rule("choice", "clock or lone_n", lambda one, _, hour: either(one, Clock(hour)) if 1 <= hour <= _HALF else None),
    Rule("choice", "clock or clock", lambda one, _, other: either(one, other)),
)
RULES: Final = (*WHEN, *RANGES, *DEADLINES, *CHOICES)
