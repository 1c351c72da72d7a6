"""Days: of a week, of a month, of the year."""

from typing import Final

from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.grammar.unit import in_year
from smartflow.shared.timetext.ir import Checked, Date, Holiday, Month, NthWeekday, OneOf, Shift, TermWeek, Unit, Weekday, When, Year

_MONTHS, _DAYS, _MOST_NTH = 12, 31, 5
_CENTURY, _EARLY, _LATE = 2000, 20, 100


def next_weekday(_: int, day: int) -> OneOf:
    """Read "next Friday": of next week or, while it is ahead, this week's."""
    return OneOf((Weekday(day, 1), Weekday(day, 0)))


def of_month(of: Month, day: int) -> Date | None:
    """Name a day of a month; one that does not exist is said later."""
    return Date(day, of.month, of.year, of.shift) if 1 <= day <= _DAYS else None


def pointed(written: str) -> Date | None:
    """Read 12.5号."""
    number, _, day = written.partition(".")
    return of_month(Month(int(number)), int(day)) if 1 <= int(number) <= _MONTHS and len(day) <= 2 else None  # noqa: PLR2004


def of_unit(of: When, day: int) -> Date | None:
    """Name a day of this month or the next."""
    named = isinstance(of, Unit) and of.unit == "month" and 1 <= day <= _DAYS
    return Date(day, shift=of.shift) if named and isinstance(of, Unit) else None


def weekday_in(of: When, day: int) -> When | None:
    """Name a day of a week of the calendar or of the term."""
    if isinstance(of, Unit) and of.unit == "week":
        return Weekday(day, of.shift)
    if isinstance(of, TermWeek) and of.day is None:
        return TermWeek(of.week, day, of.parity, of.skip)
    return None


def checked(day: When, weekday: int) -> Checked | None:
    """Read a day beside its weekday."""
    return Checked(day, weekday) if isinstance(day, Date | Shift | Holiday) else None


def nth(found: tuple[int, int], of: When) -> NthWeekday | None:
    """Name the nth such day of a month."""
    number, day = found
    fits = (1 <= number <= _MOST_NTH or number == -1) and isinstance(of, Month | Unit)
    if not fits or (isinstance(of, Unit) and of.unit != "month"):
        return None
    return NthWeekday(number, day, of) if isinstance(of, Month | Unit) else None


WEEKDAYS: Final = (
    Rule("day", "weekday", Weekday),
    Rule("day", "rel weekday", lambda shift, day: Weekday(day, shift)),
    Rule("day", "next weekday", next_weekday),
    Rule("day", "soon weekday", lambda _, day: Weekday(day)),
    Rule("weekday", "weekday owner", lambda day, _: day),
    Rule("weekday", "on weak_weekday", lambda _, day: day),
    Rule("day", "rel weak_weekday", lambda shift, day: Weekday(day, shift)),
    Rule("day", "next weak_weekday", next_weekday),
    Rule("day", "period weekday", weekday_in),
    Rule("day", "weekday period", lambda day, of: weekday_in(of, day)),
)
DATES: Final = (
    Rule("day", "full_date", lambda found: Date(found[2], found[1], found[0])),
    Rule("date", "n day_mark", lambda number, _: Date(number) if 1 <= number <= _DAYS else None),
    Rule("day", "date", lambda date: date),
    Rule("date", "named_month date", lambda named, date: of_month(named, date.day) if date.month is None else None),
    Rule("date", "named_month n", of_month),
    Rule("date", "named_month ordinal", of_month),
    Rule("date", "n english_month", lambda number, named: of_month(named, number)),
    Rule("date", "ordinal english_month", lambda number, named: of_month(named, number)),
    Rule("date", "date year", lambda date, year: in_year(Year(year), date)),
    Rule("date", "decimal day_mark", lambda written, _: pointed(written)),
    Rule("date", "named_month hyphen n", lambda named, _, number: of_month(named, number)),
    Rule("date", "n hyphen weak_month", lambda number, _, name: of_month(Month(name), number)),
    Rule("day", "n year_mark date", lambda year, _, date: in_year(Year(_CENTURY + year), date) if _EARLY <= year < _LATE else None),
    Rule("day", "period day", in_year),
    Rule("day", "day period", lambda day, year: in_year(year, day)),
    Rule("day", "period date", lambda of, date: of_unit(of, date.day) if date.month is None else None),
    Rule("day", "ordinal period", lambda number, of: of_unit(of, number)),
    Rule("day", "ordinal_number period", lambda number, of: of_unit(of, number)),
    Rule("day", "on ordinal_number", lambda _, number: Date(number) if number <= _DAYS else None),
    Rule("day", "weekday ordinal_number", lambda day, number: Checked(Date(number), day) if number <= _DAYS else None),
    Rule("day", "day weekday", checked),
    Rule("day", "day weekday close", lambda day, weekday, _: checked(day, weekday)),
    Rule("day", "weekday date", lambda weekday, date: checked(date, weekday)),
    Rule("day", "weekday date close", lambda weekday, date, _: checked(date, weekday)),
    Rule("not", "lunar date", lambda _, __: ""),
    Rule("nth_weekday", "ordinal_mark n measure weekday", lambda _, number, __, day: (number, day)),
    Rule("nth_weekday", "ordinal weekday", lambda number, day: (number, day)),
    Rule("nth_weekday", "the nth_weekday", lambda _, found: found),
    Rule("nth_weekday", "last_of weekday", lambda number, day: (number, day)),
    Rule("nth_weekday", "rel weekday", lambda shift, day: (shift, day) if shift == -1 else None),
    Rule("day", "period nth_weekday", lambda of, found: nth(found, of)),
    Rule("day", "nth_weekday period", nth),
    Rule("day", "nth_weekday in period", lambda found, _, of: nth(found, of)),
    Rule("day", "nth_weekday unit", lambda found, name: nth(found, Unit("month")) if name == "month" else None),
    Rule("day", "holiday", Holiday),
    Rule("day", "next holiday", lambda _, name: Holiday(name)),
    Rule("day", "rel holiday", lambda shift, name: Holiday(name) if shift == 0 else None),
    Rule("day", "day owner", lambda day, _: day),
    Rule("day", "the day", lambda _, day: day),
)
RULES: Final = (*WEEKDAYS, *DATES)
