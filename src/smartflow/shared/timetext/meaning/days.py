"""Which date a named day is."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from smartflow.shared.calendar.faults import OutsideTerm
from smartflow.shared.calendar.term import DAYS, Term, monday_of
from smartflow.shared.calendar.weeks import WeekType
from smartflow.shared.timetext.holidays import NAMES, feast
from smartflow.shared.timetext.ir import (
    Checked,
    Date,
    Duration,
    Edge,
    Holiday,
    Month,
    NthWeekday,
    Shift,
    TermWeek,
    Unit,
    Weekday,
    When,
    Year,
)
from smartflow.shared.timetext.meaning.frame import ONE_DAY, Frame, Impossible

_MONTHS: Final = 12
_LEAP: Final = 9
_MIDDLE_OF_MONTH, _MIDDLE_OF_WEEK, _MIDDLE_OF_YEAR = 15, 3, 7
_WEEKEND: Final = 5
Days = tuple[date, date]
"""The first of some days, and the day after the last."""


def dates(frame: Frame, day: When) -> tuple[date, ...]:
    """Give the dates that a day may be, the earliest first: only a bare weekday may be of this week or the next.

    Raises:
        Impossible: There is no such day.
    """
    if isinstance(day, Weekday) and day.week is None:
        ahead = frame.day + (_weekday(day.day) - frame.day.isoweekday()) % DAYS * ONE_DAY
        return ahead, ahead + DAYS * ONE_DAY
    found = _DATES.get(type(day))
    if found is None:
        raise Impossible("meaningless")
    return (found(frame, day),)


def date_of(frame: Frame, day: When) -> date:
    """Give the date of a day without a clock: a bare weekday is never today.

    Raises:
        Impossible: There is no such day.
    """
    found = dates(frame, day)
    return next((each for each in found if frame.wall(each) > frame.ahead), found[-1]) if len(found) > 1 else found[0]


def days_of(frame: Frame, whole: When) -> Days:
    """Give the days of a unit, or of a day.

    Raises:
        Impossible: There is no such thing.
    """
    found = _WHOLE.get(type(whole))
    if found is not None:
        return found(frame, whole)
    on = date_of(frame, whole)
    return on, on + ONE_DAY


def moved(on: date, by: Duration, sign: int) -> date:
    """Go so many months and days on; a day that the month has not becomes its last."""
    months = on.year * _MONTHS + on.month - 1 + sign * by.months
    year, month = divmod(months, _MONTHS)
    day = min(on.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=sign * by.days)


def in_month(first: date, nth: int, day: int) -> date | None:
    """Give the nth such weekday of the month that begins on a date (-1: the last), if it has one."""
    earliest = first + (day - first.isoweekday()) % DAYS * ONE_DAY
    length = monthrange(first.year, first.month)[1]
    count = (length - earliest.day) // DAYS + 1
    place = count if nth == -1 else nth
    return earliest + (place - 1) * DAYS * ONE_DAY if 1 <= place <= count else None


def _weekday(day: int) -> int:
    if not 1 <= day <= DAYS:
        raise Impossible("no_such_date", weekday=day)
    return day


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _first(frame: Frame, shift: int) -> date:
    """Give the first day of the month so many months on."""
    return moved(frame.today.replace(day=1), Duration(months=abs(shift)), 1 if shift >= 0 else -1)


def _of_date(frame: Frame, day: Date) -> date:
    for year, month in _months(frame, day):
        on = _valid(year, month, day.day)
        certain = day.year is not None or day.shift is not None
        if on is not None and (certain or on >= frame.day):
            return on
    raise Impossible("no_such_date", **{"day": day.day} | ({} if day.month is None else {"month": day.month}))


def _months(frame: Frame, day: Date) -> list[tuple[int, int]]:
    """List the months that a date may be of, in order."""
    if day.month is None:
        if day.shift is None and day.year is None:
            begin = frame.day.year * _MONTHS + frame.day.month - 1
            return [((begin + each) // _MONTHS, (begin + each) % _MONTHS + 1) for each in range(_MONTHS)]
        first = _first(frame, day.shift or 0)
        return [(day.year or first.year, first.month)]
    if day.year is not None:
        return [(day.year, day.month)]
    if day.shift is not None:
        return [(frame.today.year + day.shift, day.month)]
    return [(frame.day.year + each, day.month) for each in range(_LEAP)]


def _of_weekday(frame: Frame, day: Weekday) -> date:
    return monday_of(frame.today) + timedelta(days=DAYS * (day.week or 0) + _weekday(day.day) - 1)


def _of_holiday(frame: Frame, day: Holiday) -> date:
    if day.name not in NAMES:
        raise Impossible("unknown_holiday", holiday=day.name)
    years = [frame.day.year, frame.day.year + 1]
    if day.year is not None or day.shift is not None:
        years = [day.year if day.year is not None else frame.today.year + (day.shift or 0)]
    for year in years:
        on = feast(day.name, year)
        if on is None:
            raise Impossible("unknown_holiday", holiday=day.name, year=year)
        if len(years) == 1 or on >= frame.day:
            return on
    raise Impossible("unknown_holiday", holiday=day.name)


def _of_nth(frame: Frame, day: NthWeekday) -> date:
    first = days_of(frame, day.of)[0].replace(day=1)
    on = in_month(first, day.nth, _weekday(day.day))
    if on is not None and on < frame.day and isinstance(day.of, Month) and day.of.year is None and day.of.shift is None:
        on = in_month(first.replace(year=first.year + 1), day.nth, day.day)
    if on is None:
        raise Impossible("no_such_date", nth=day.nth, weekday=day.day)
    return on


def _of_shift(frame: Frame, day: Shift) -> date:
    base = frame.today if day.base is None else date_of(frame, day.base)
    return moved(base, day.by, -1 if day.back else 1)


def _of_checked(frame: Frame, day: Checked) -> date:
    on = date_of(frame, day.day)
    if on.isoweekday() != day.weekday:
        raise Impossible("weekday_differs", date=on.isoformat(), weekday=day.weekday)
    return on


def _of_edge(frame: Frame, day: Edge) -> date:
    first, after = days_of(frame, day.of)
    if day.edge == "start":
        return first
    if day.edge == "end":
        return after - ONE_DAY
    if day.edge != "middle":
        raise Impossible("meaningless")
    if (after - first).days == DAYS:
        return first + (_MIDDLE_OF_WEEK - 1) * ONE_DAY
    year = isinstance(day.of, Year) or (isinstance(day.of, Unit) and day.of.unit == "year")
    return first.replace(month=_MIDDLE_OF_YEAR) if year else first + min(_MIDDLE_OF_MONTH - 1, (after - first).days // 2) * ONE_DAY


def _in_term(term: Term, week: int, day: int) -> date:
    try:
        return term.date_of(week, day)
    except OutsideTerm:
        raise Impossible("outside_term", week=week, weeks=term.weeks) from None


def _number(frame: Frame, term: Term, named: TermWeek) -> int:
    """Give the number of a week of the term."""
    if named.week is not None:
        return named.week
    even = {WeekType.ODD: 1, WeekType.EVEN: 0}.get(named.parity)
    ends = ((week, _in_term(term, week, 1) + (named.day or DAYS) * ONE_DAY) for week in range(1, term.weeks + 1))
    ahead = [week for week, end in ends if end > frame.day and (even is None or week % 2 == even)]
    if not 0 <= named.skip < len(ahead):
        raise Impossible("outside_term", weeks=term.weeks)
    return ahead[named.skip]


def _of_term_week(frame: Frame, day: TermWeek) -> date:
    term = frame.named_term()
    return _in_term(term, _number(frame, term, day), _weekday(day.day or 1))


def _days_of_term_week(frame: Frame, whole: TermWeek) -> Days:
    first = _of_term_week(frame, whole)
    return (
        (first, first + ONE_DAY) if whole.day is not None else (first, min(first + DAYS * ONE_DAY, frame.named_term().last_day + ONE_DAY))
    )


def _days_of_unit(frame: Frame, whole: Unit) -> Days:
    today, shift = frame.today, whole.shift
    if whole.unit in ("week", "weekend"):
        monday = monday_of(today) + timedelta(days=DAYS * shift)
        return monday + (_WEEKEND * ONE_DAY if whole.unit == "weekend" else 0 * ONE_DAY), monday + DAYS * ONE_DAY
    if whole.unit == "term":
        term = frame.named_term()
        if shift:
            raise Impossible("no_term")
        return term.first_monday, term.last_day + ONE_DAY
    length = {"month": 1, "quarter": 3, "year": 12}[whole.unit]
    begin = today.replace(day=1, month=(today.month - 1) // length * length + 1)
    sign = 1 if shift >= 0 else -1
    first = moved(begin, Duration(months=abs(shift) * length), sign)
    return first, moved(first, Duration(months=length), 1)


def _days_of_month(frame: Frame, whole: Month) -> Days:
    year = whole.year if whole.year is not None else frame.day.year
    if whole.year is None:
        year = year + (whole.month < frame.day.month) if whole.shift is None else frame.today.year + whole.shift
    first = _valid(year, whole.month, 1)
    if first is None:
        raise Impossible("no_such_date", month=whole.month)
    return first, moved(first, Duration(months=1), 1)


def _days_of_year(frame: Frame, whole: Year) -> Days:
    del frame
    return date(whole.year, 1, 1), date(whole.year + 1, 1, 1)


_DATES: Final[Mapping[type, Callable[[Frame, Any], date]]] = {
    Date: _of_date,
    Weekday: _of_weekday,
    Holiday: _of_holiday,
    NthWeekday: _of_nth,
    Shift: _of_shift,
    Checked: _of_checked,
    Edge: _of_edge,
    TermWeek: _of_term_week,
}
_WHOLE: Final[Mapping[type, Callable[[Frame, Any], Days]]] = {
    Unit: _days_of_unit,
    Month: _days_of_month,
    Year: _days_of_year,
    TermWeek: _days_of_term_week,
}
