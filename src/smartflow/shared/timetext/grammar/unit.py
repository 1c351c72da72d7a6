"""Weeks, months, years and terms, and their edges."""

from typing import Final

from smartflow.shared.calendar.weeks import WeekType
from smartflow.shared.timetext.chart import Rule
from smartflow.shared.timetext.ir import (
    Checked,
    Date,
    Edge,
    EdgeName,
    Holiday,
    Month,
    OneOf,
    Range,
    Shift,
    TermWeek,
    Unit,
    UnitName,
    Weekday,
    When,
    Year,
)

_MONTHS, _MOST_WEEK = 12, 99
_SATURDAY: Final = 6
_UNITS: Final = frozenset({"week", "weekend", "month", "quarter", "year", "term"})
_EDGES: Final[dict[str, EdgeName]] = {
    "end": "end",
    "last": "end",
    "start": "start",
    "middle": "middle",
    "mid": "mid",
    "early": "early",
    "late": "late",
}


def unit(shift: int, name: str) -> Unit | None:
    """Name this week, next month."""
    return Unit(name, shift) if name in _UNITS else None  # type: ignore[arg-type]  # it is one of them


def next_unit(shift: int, name: str) -> Unit | OneOf | None:
    """Name a next unit; "next weekend" is as open as "next Friday"."""
    if name == "weekend":
        return OneOf((Unit("weekend", shift), Unit("weekend", 0)))
    return unit(shift, name)


def week_of_term(term: When, week: When) -> TermWeek | Unit | None:
    """Read 本学期第3周; the weeks of another term are not known."""
    if not isinstance(term, Unit) or term.unit != "term" or not isinstance(week, TermWeek):
        return None
    return term if term.shift else week


def weekend_of(of: When, _: int) -> Range | Unit | None:
    """Read 第八周周末."""
    if isinstance(of, TermWeek) and of.week is not None and of.day is None:
        return Range(TermWeek(of.week, _SATURDAY), TermWeek(of.week, _SATURDAY + 1))
    return Unit("weekend", of.shift) if isinstance(of, Unit) and of.unit == "week" else None


def _week_of_month(_: int, name: str, of: When) -> str | None:
    """Leave "the second week of December" alone: nobody agrees which that is."""
    return "" if name == "week" and (isinstance(of, Month) or of == Unit("month")) else None


def month(number: int) -> Month | None:
    """Name a month by its number."""
    return Month(number) if 1 <= number <= _MONTHS else None


def in_year(year: When, named: When) -> When | None:
    """Say of which year a date, a month or a feast is."""
    number = year.year if isinstance(year, Year) else None
    shift = year.shift if isinstance(year, Unit) and year.unit == "year" else None
    if (number is None and shift is None) or not isinstance(named, Date | Month | Holiday) or named.year or named.shift is not None:
        return None
    if isinstance(named, Date):
        return Date(named.day, named.month, number, shift) if named.month else None
    if isinstance(named, Month):
        return Month(named.month, number, shift)
    return Holiday(named.name, number, shift)


def term_week(number: int) -> TermWeek | None:
    """Name a week of the term."""
    return TermWeek(number) if 1 <= number <= _MOST_WEEK else None


def edge(name: str, of: When) -> Edge | None:
    """Name the beginning, middle or end of a unit."""
    if isinstance(of, Unit) and of.unit == "week" and name in ("last", "mid", "early", "late"):
        return None
    if isinstance(of, Unit | Month | Year | TermWeek):
        return Edge(_EDGES[name], of)
    return Edge("end", of) if name == "end" and isinstance(of, Date | Weekday | Shift | Holiday | Checked) else None


def twice_named(of: When, second: tuple[EdgeName, UnitName]) -> Edge | None:
    """Read 下个月月底."""
    name, unit_name = second
    fits = isinstance(of, Unit) and of.unit == unit_name
    return Edge(name, of) if fits or (isinstance(of, Month) and unit_name == "month") else None


def _next_term_week(shift: int, parity: str) -> TermWeek | None:
    return TermWeek(parity=WeekType(parity), skip=max(shift - 1, 0)) if shift >= 0 else None


def _month_of(_: object, named: Month) -> Month:
    return named


UNITS: Final = (
    Rule("period", "rel unit", unit),
    Rule("period", "next unit", next_unit),
    Rule("not", "ordinal unit period", _week_of_month),
    Rule("not", "ordinal unit named_month", _week_of_month),
    Rule("not", "period ordinal_mark n week_mark", lambda of, _, __, ___: "" if isinstance(of, Month) or of == Unit("month") else None),
    Rule("range", "period weekend", weekend_of),
    Rule("period", "period period", week_of_term),
    Rule("period", "after_next", lambda name: unit(2, name)),
    Rule("period", "rel weekend", lambda shift, _: Unit("weekend", shift)),
    Rule("period", "soon weekend", lambda _, __: Unit("weekend")),
    Rule("period", "weekend", lambda shift: Unit("weekend", shift)),
    Rule("period", "ordinal_mark n week_mark", lambda _, number, __: term_week(number)),
    Rule("period", "week_word n", lambda _, number: term_week(number)),
    Rule("period", "rel parity", _next_term_week),
    Rule("period", "next parity", _next_term_week),
    Rule("month_name", "n month_mark", lambda number, _: month(number)),
    Rule("english_month", "month", month),
    Rule("named_month", "month_name", lambda named: named),
    Rule("english_month", "weak_month", month),
    Rule("named_month", "english_month", lambda named: named),
    Rule("period", "month_name", lambda named: named),
    Rule("period", "month", month),
    Rule("period", "in named_month", _month_of),
    Rule("period", "rel named_month", lambda shift, named: named if shift == 0 else None),
    Rule("period", "next named_month", _month_of),
    Rule("period", "year_on", lambda shift: Unit("year", shift)),
    Rule("period", "year year_mark", lambda number, _: Year(number)),
    Rule("period", "in year", lambda _, number: Year(number)),
    Rule("period", "period month_name", in_year),
    Rule("period", "named_month year", lambda named, year: in_year(Year(year), named)),
    Rule("period", "named_month period", lambda named, year: in_year(year, named)),
    Rule("period", "on period", lambda _, period: period),
    Rule("period", "for period", lambda _, period: period),
    Rule("period", "in period", lambda _, period: period),
)
EDGES: Final = (
    Rule("day", "edge", lambda found: Edge(found[0], Unit(found[1]))),
    Rule("day", "rel edge", lambda shift, found: Edge(found[0], Unit(found[1], shift))),
    Rule("day", "period edge", twice_named),
    Rule("day", "period edge_mark", lambda of, name: edge(name, of)),
    Rule("day", "edge_of period", edge),
    Rule("day", "edge_of named_month", edge),
    Rule("day", "edge_of day", edge),
    Rule("day", "edge_of unit", lambda name, of: edge(name, Unit(of)) if of in _UNITS and name not in ("early", "mid", "late") else None),
)
RULES: Final = (*UNITS, *EDGES)
