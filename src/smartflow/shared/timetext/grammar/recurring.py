"""What repeats: every day, on days of the week, of a month, of odd and even weeks; until when."""

from typing import Final

from msgspec.structs import replace

from smartflow.shared.calendar.weeks import WeekType
from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.grammar.clock import hours_within, within
from smartflow.shared.timetext.holidays import FIXED
from smartflow.shared.timetext.ir import (
    Clock,
    Date,
    Deadline,
    Every,
    On,
    OneOf,
    Part,
    PartName,
    Range,
    Recurrence,
    Sections,
    TermWeek,
    Unit,
    Weekday,
    When,
)

_DAYS_OF_WEEK, _MOST, _DAYS_OF_MONTH = 7, 99, 31
_WEEKEND: Final = (6, 7)
_WEEK: Final = 7
_YEAR: Final = 12
_OTHER: Final = 2
_EVERY: Final[dict[str, Every]] = {"day": "day", "week": "week", "month": "month", "year": "year"}
_PARTS: Final[dict[str, PartName]] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening"}
Days = tuple[int, ...]


def every_unit(every: int, name: str) -> Recurrence | None:
    """Read "every day", "every other week", 每月, "every morning", 每周末."""
    if name in _EVERY and name != "year":
        return Recurrence(_EVERY[name], every)
    if name in _PARTS:
        return Recurrence("day", every, time=Part(_PARTS[name]))
    return Recurrence("week", every, _WEEKEND) if name == "weekend" else None


def every_part(every: int, name: PartName) -> Recurrence:
    """Read 每晚."""
    return Recurrence("day", every, time=Part(name))


def every_edge(every: int, found: tuple[str, str]) -> Recurrence | None:
    """Read 每月底."""
    day = {"start": 1, "end": -1}.get(found[0])
    return Recurrence("month", every, day=day) if found[1] == "month" and day is not None else None


def every_second(every: int, found: tuple[int, int]) -> OneOf | None:
    """Read "every second Tuesday": every other one, or the second of each month."""
    if found[0] != _OTHER or every != 1:
        return None
    return OneOf((Recurrence("week", _OTHER, (found[1],)), Recurrence("month", weekdays=(found[1],), nth=_OTHER)))


def on_days_at(found: Range, hours: Range) -> Recurrence | None:
    """Read "Mon-Fri 9-5"."""
    days = stretch(found)
    return None if days is None else Recurrence("week", weekdays=days, time=hours)


def on_holiday(repeated: Recurrence, name: str) -> Recurrence | None:
    """Read 每年圣诞节; feasts that move have no rule."""
    if name not in FIXED:
        return None
    month, day = FIXED[name]
    return replace(repeated, month=month, day=day)


def every_few(every: int, count: int, length: tuple[int, int, int, int]) -> Recurrence | None:
    """Read 每两周 and "every 3 days"."""
    months, days, seconds, sections = length
    if seconds or sections or not 1 <= count <= _MOST or every != 1:
        return None
    if months:
        return Recurrence("year", count) if months == _YEAR else Recurrence("month", count)
    return Recurrence("week", count * days // _WEEK) if days % _WEEK == 0 else Recurrence("day", count)


def every_weekday(every: int, days: Days) -> Recurrence:
    """Read 每周二和周四."""
    return Recurrence("week", every, tuple(sorted(set(days))))


def listed(first: int, rest: Days) -> Days | None:
    """Add a day to a list of them."""
    days = (first, *rest)
    return days if len(days) <= _DAYS_OF_WEEK and all(1 <= day <= _DAYS_OF_WEEK for day in days) else None


def stretch(found: Range) -> Days | None:
    """Read 周一到周五 as days of a week."""
    start, end = found.start, found.end
    if not isinstance(start, Weekday) or not isinstance(end, Weekday) or start.week is not None or end.week is not None:
        return None
    return tuple(range(start.day, end.day + 1)) if start.day < end.day else None


def on_weekdays(repeated: Recurrence, days: Days) -> Recurrence | None:
    """Say on which days of its weeks something repeats."""
    bare = repeated.unit == "week" and not repeated.weekdays
    return replace(repeated, weekdays=tuple(sorted(set(days)))) if bare else None


def on_date(repeated: Recurrence, date: Date) -> Recurrence | None:
    """Say on which day of its months or years something repeats."""
    if repeated.day is not None or repeated.nth is not None or date.year is not None or date.shift is not None:
        return None
    if repeated.unit == "month" and date.month is None:
        return replace(repeated, day=date.day)
    return replace(repeated, day=date.day, month=date.month) if repeated.unit == "year" and date.month else None


def on_nth(repeated: Recurrence, found: tuple[int, int]) -> Recurrence | None:
    """Read 每月最后一个周五."""
    fits = repeated.unit == "month" and repeated.nth is None and repeated.day is None
    return replace(repeated, nth=found[0], weekdays=(found[1],)) if fits else None


def at_time(repeated: Recurrence, time: When) -> Recurrence | None:
    """Say when on its days something repeats; a clock follows the part of day that is there."""
    if repeated.time is None:
        return replace(repeated, time=time)
    if isinstance(repeated.time, Part) and isinstance(time, Clock | Range):
        part = repeated.time.name
        found = within(part, time) if isinstance(time, Clock) else hours_within(part, time)
        return None if found is None else replace(repeated, time=found)
    return None


def bounded(repeated: Recurrence, bounds: When) -> Recurrence | None:
    """Say from when and until when something repeats."""
    if isinstance(bounds, Range):
        return _in_range(repeated, bounds)
    if repeated.since is not None or repeated.until is not None:
        return None
    return replace(repeated, since=bounds, until=bounds) if isinstance(bounds, Unit | TermWeek) else None


def _in_range(repeated: Recurrence, bounds: Range) -> Recurrence | None:
    since, until = bounds.start, bounds.end
    if isinstance(since, Clock | Part) and until is None:
        return at_time(repeated, bounds)
    days = stretch(bounds)
    if days is not None and repeated.unit == "day":
        return replace(repeated, unit="week", weekdays=days)
    taken = (since is not None and repeated.since is not None) or (until is not None and repeated.until is not None)
    if taken or bounds.after or _times_only(since) or _times_only(until) or (repeated.unit == "week" and _bare(until)):
        return None
    return replace(repeated, since=since or repeated.since, until=until or repeated.until)


def _times_only(when: When | None) -> bool:
    return isinstance(when, Clock | Part | Sections)


def _bare(when: When | None) -> bool:
    """Tell whether it is no more than a weekday: 每周一到周五 does not end on Friday."""
    day = when.day if isinstance(when, On) else when
    return isinstance(day, Weekday) and day.week is None


def until(repeated: Recurrence, due: Deadline) -> Recurrence | None:
    """Say until when something repeats; 每天8点前 is every day."""
    if isinstance(due.of, Clock | Part):
        return at_time(repeated, due.of)
    return replace(repeated, until=due) if repeated.until is None else None


def of_parity(parity: str, days: Days = ()) -> Recurrence:
    """Read 单周周二."""
    return Recurrence("week", weekdays=tuple(sorted(set(days))), parity=WeekType(parity))


def with_parity(repeated: Recurrence, parity: str) -> Recurrence | None:
    """Say of which weeks."""
    fits = repeated.unit == "week" and repeated.every == 1 and repeated.parity is WeekType.ALL
    return replace(repeated, parity=WeekType(parity)) if fits else None


def weekly_in(found: Range, day: int, time: When | None = None) -> Recurrence | None:
    """Read 第1-16周周二."""
    weeks = isinstance(found.start, TermWeek) and isinstance(found.end, TermWeek)
    return Recurrence("week", weekdays=(day,), time=time, since=found.start, until=found.end) if weeks else None


DAYS: Final = (
    Rule("days", "weekday", lambda day: (day,)),
    Rule("days", "weak_weekday", lambda day: (day,)),
    Rule("days", "weekday sep days", lambda day, _, rest: listed(day, rest)),
    Rule("days", "weekday and days", lambda day, _, rest: listed(day, rest)),
    Rule("days", "weekday sep numbers", lambda day, _, rest: listed(day, rest)),
    Rule("days", "weekday and numbers", lambda day, _, rest: listed(day, rest)),
    Rule("days", "weekday digits", listed),
    Rule("days", "weekday n", lambda day, other: listed(day, (other,))),
    Rule("days", "weekday days", listed),
    Rule("numbers", "n", lambda day: (day,) if 1 <= day <= _DAYS_OF_WEEK else None),
    Rule("numbers", "n sep numbers", lambda day, _, rest: listed(day, rest)),
    Rule("numbers", "n and numbers", lambda day, _, rest: listed(day, rest)),
    Rule("plural_days", "weekdays", lambda day: (day,)),
    Rule("plural_days", "weekdays and plural_days", lambda day, _, rest: listed(day, rest)),
    Rule("plural_days", "weekdays sep plural_days", lambda day, _, rest: listed(day, rest)),
    Rule("plural_days", "workdays", lambda days: days),
)
RULES: Final = (
    *DAYS,
    Rule("recurrence", "each", lambda found: Recurrence(found[0], found[1])),
    Rule("recurrence", "every unit", every_unit),
    Rule("yearly", "every unit", lambda every, name: Recurrence("year", every) if name == "year" else None),
    Rule("recurrence", "yearly date", on_date),
    Rule("recurrence", "date yearly", lambda date, repeated: on_date(repeated, date)),
    Rule("recurrence", "yearly holiday", on_holiday),
    Rule("recurrence", "holiday yearly", lambda name, repeated: on_holiday(repeated, name)),
    Rule("recurrence", "every edge", every_edge),
    Rule(
        "recurrence",
        "every nth_weekday unit",
        lambda every, found, name: on_nth(Recurrence(name, every), found) if name == "month" else None,
    ),
    Rule("recurrence", "every nth_weekday", lambda every, found: on_nth(Recurrence("month", every), found) if found[0] != _OTHER else None),
    Rule("choice", "every nth_weekday", every_second),
    Rule("recurrence", "range hours", on_days_at),
    Rule("recurrence", "range weak_hours", on_days_at),
    Rule("not", "recurrence counted", lambda _, __: ""),
    Rule("recurrence", "every short_part", every_part),
    Rule("recurrence", "every weak_part", every_part),
    Rule("recurrence", "every n length", every_few),
    Rule("recurrence", "apart n length", lambda _, count, length: every_few(1, count + 1, length)),
    Rule("recurrence", "every days", every_weekday),
    Rule("recurrence", "every workday", every_weekday),
    Rule("recurrence", "every n workday", lambda every, _, days: every_weekday(every, days)),
    Rule("recurrence", "every range", lambda every, found: every_weekday(every, days) if (days := stretch(found)) else None),
    Rule("recurrence", "every parity", lambda _, parity: of_parity(parity)),
    Rule("recurrence", "every parity days", lambda _, parity, days: of_parity(parity, days)),
    Rule("recurrence", "every n measure weekday", lambda every, _, __, day: every_weekday(every, (day,))),
    Rule("recurrence", "every date", lambda every, date: Recurrence("month", every, day=date.day) if date.month is None else None),
    Rule("recurrence", "every named_month date", lambda every, named, date: Recurrence("year", every, day=date.day, month=named.month)),
    Rule("recurrence", "weekday digits", lambda day, digits: every_weekday(1, days) if (days := listed(day, digits)) else None),
    Rule("recurrence", "plural_days", lambda days: every_weekday(1, days)),
    Rule("recurrence", "parity", of_parity),
    Rule("recurrence", "parity days", of_parity),
    Rule("recurrence", "parity recurrence", lambda parity, repeated: with_parity(repeated, parity)),
    Rule("recurrence", "days parity", lambda days, parity: of_parity(parity, days)),
    Rule("recurrence", "days in parity", lambda days, _, parity: of_parity(parity, days)),
    Rule("recurrence", "in parity", lambda _, parity: of_parity(parity)),
    Rule("recurrence", "recurrence parity", with_parity),
    Rule("recurrence", "recurrence in parity", lambda repeated, _, parity: with_parity(repeated, parity)),
    Rule("recurrence", "recurrence days", on_weekdays),
    Rule("recurrence", "recurrence date", on_date),
    Rule("recurrence", "recurrence ordinal_number", lambda repeated, day: on_date(repeated, Date(day)) if day <= _DAYS_OF_MONTH else None),
    Rule("recurrence", "ordinal_number recurrence", lambda day, repeated: on_date(repeated, Date(day)) if day <= _DAYS_OF_MONTH else None),
    Rule("recurrence", "on ordinal_number recurrence", lambda _, day, repeated: on_date(repeated, Date(day))),
    Rule("recurrence", "recurrence nth_weekday", on_nth),
    Rule("recurrence", "nth_weekday recurrence", lambda found, repeated: on_nth(repeated, found)),
    Rule("recurrence", "recurrence time", at_time),
    Rule("recurrence", "time recurrence", lambda time, repeated: at_time(repeated, time)),
    Rule("recurrence", "recurrence weak_part", lambda repeated, part: at_time(repeated, Part(part))),
    Rule("recurrence", "weak_part recurrence", lambda part, repeated: at_time(repeated, Part(part))),
    Rule("recurrence", "recurrence weak_hours", at_time),
    Rule("recurrence", "recurrence range", bounded),
    Rule("recurrence", "range recurrence", lambda found, repeated: bounded(repeated, found)),
    Rule("recurrence", "recurrence period", bounded),
    Rule("recurrence", "period recurrence", lambda found, repeated: bounded(repeated, found)),
    Rule("recurrence", "recurrence deadline", until),
    Rule("recurrence", "deadline recurrence", lambda due, repeated: until(repeated, due)),
    Rule("recurrence", "range weekday", weekly_in),
    Rule("recurrence", "range weekday time", weekly_in),
    Rule("recurrence", "range parity", lambda found, parity: bounded(of_parity(parity), found)),
    Rule("recurrence", "range parity days", lambda found, parity, days: bounded(of_parity(parity, days), found)),
    Rule("recurrence", "weak_each days", lambda found, days: on_weekdays(Recurrence(found[0], found[1]), days)),
    Rule("recurrence", "weak_each on days", lambda found, _, days: on_weekdays(Recurrence(found[0], found[1]), days)),
    Rule("recurrence", "weak_each time", lambda found, time: Recurrence(found[0], found[1], time=time)),
    Rule("recurrence", "on recurrence", lambda _, found: found),
    Rule("recurrence", "for recurrence", lambda _, found: found),
)
