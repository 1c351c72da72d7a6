"""Which piece of time something is."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from smartflow.shared.timetext.ir import (
    Checked,
    Clock,
    Date,
    Edge,
    Holiday,
    Month,
    Now,
    NthWeekday,
    On,
    Part,
    Range,
    Sections,
    Shift,
    TermWeek,
    Unit,
    Weekday,
    When,
    Year,
)
from smartflow.shared.timetext.meaning.days import date_of, dates, days_of, moved
from smartflow.shared.timetext.meaning.frame import ONE_DAY, Frame, Impossible, Stretch
from smartflow.shared.timetext.meaning.times import placed

_THIRDS: Final = {"early": (0, 10), "mid": (10, 20), "late": (20, None)}
_UNITS: Final = (Unit, Month, Year, TermWeek)


def stretch(frame: Frame, when: When) -> Stretch:
    """Give the piece of time that something is.

    Raises:
        Impossible: There is no such time, or it is none.
    """
    found = _STRETCHES.get(type(when))
    if found is None:
        raise Impossible("meaningless")
    return found(frame, when)


def _now(frame: Frame, when: Now) -> Stretch:
    del when
    return frame.instant(frame.now)


def _day(frame: Frame, when: When) -> Stretch:
    return frame.whole(date_of(frame, when))


def _whole(frame: Frame, when: When) -> Stretch:
    if isinstance(when, TermWeek) and when.day is not None:
        return _day(frame, when)
    return frame.days(*days_of(frame, when))


def _edge(frame: Frame, when: Edge) -> Stretch:
    if when.edge in _THIRDS:
        first, after = days_of(frame, when.of)
        begin, end = _THIRDS[when.edge]
        last = after if end is None else min(first + end * ONE_DAY, after)
        return frame.days(min(first + begin * ONE_DAY, after - ONE_DAY), last)
    if when.edge == "end" and not isinstance(when.of, _UNITS):
        return frame.instant(stretch(frame, when.of).last)
    return _day(frame, when)


def _shift(frame: Frame, when: Shift) -> Stretch:
    if when.by.sections:
        raise Impossible("meaningless")
    base = None if when.base is None else stretch(frame, when.base)
    instant = when.by.seconds != 0 or (base is not None and base.kind == "instant")
    if not instant:
        return _day(frame, when)
    sign = -1 if when.back else 1
    moment = frame.now.replace(second=0, microsecond=0) if base is None else base.start
    local = frame.date_of(moment)
    days = (moved(local, when.by, sign) - local).days
    return frame.instant(moment + timedelta(days=days, seconds=sign * when.by.seconds))


def _time(frame: Frame, when: When) -> Stretch:
    """Put a time without a day onto the next day on which it is ahead."""
    first = placed(frame, frame.day, when, frame.ahead)
    return first if first.start > frame.ahead else placed(frame, frame.day + ONE_DAY, when)


def _on(frame: Frame, when: On) -> Stretch:
    if isinstance(when.day, Part):
        return placed(frame, frame.day, when)
    found = dates(frame, when.day)
    if len(found) == 1:
        on = found[0]
        # A weekday that is today does not turn to the evening: its clock has passed.
        today = on == frame.day and not isinstance(when.day, Weekday)
        return placed(frame, on, when.time, frame.ahead if today else None)
    first = placed(frame, found[0], when.time)
    return first if first.start > frame.ahead else placed(frame, found[1], when.time)


def _range(frame: Frame, when: Range) -> Stretch:
    if isinstance(when.start, Clock) and isinstance(when.end, Clock):
        return _time(frame, when)
    start = frame.instant(frame.now) if when.start is None else stretch(frame, when.start)
    begin = start.last if when.after else start.start
    if when.end is None:
        if when.start is None:
            raise Impossible("meaningless")
        return Stretch("interval", begin, None)
    end = stretch(frame.after(start.start) if when.start is not None else frame, when.end).last
    if end <= begin:
        raise Impossible("bad_range")
    return Stretch("interval", begin, end)


_STRETCHES: Final[Mapping[type, Callable[[Frame, Any], Stretch]]] = {
    Now: _now,
    **dict.fromkeys((Date, Weekday, NthWeekday, Holiday, Checked), _day),
    **dict.fromkeys(_UNITS, _whole),
    **dict.fromkeys((Clock, Part, Sections), _time),
    Edge: _edge,
    Shift: _shift,
    On: _on,
    Range: _range,
}
