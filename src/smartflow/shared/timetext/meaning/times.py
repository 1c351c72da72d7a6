"""A time of a day, put onto a date."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from smartflow.shared.calendar.faults import BadRange, OutsideTerm, UnknownSection
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.calendar.term import Term
from smartflow.shared.timetext.ir import Clock, On, Part, Range, Sections, When
from smartflow.shared.timetext.meaning.frame import DAY_SECONDS, Frame, Impossible, Stretch

_HALF, _WHOLE, _MINUTES = 12, 24, 60
_HOUR: Final = 3600
_AWAKE: Final = (7 * _HOUR, 23 * _HOUR)
PARTS: Final = {
    "dawn": (0, 6),
    "early": (6, 9),
    "morning": (8, 12),
    "noon": (11, 13),
    "afternoon": (12, 18),
    "dusk": (17, 19),
    "evening": (18, 24),
    "night": (22, 24),
}
Choose = Callable[[tuple[int, ...]], int]


def placed(frame: Frame, on: date, time: When, after: datetime | None = None) -> Stretch:
    """Put a time onto a date; of two that a clock face may be, the first after a moment counts, else the last.

    Raises:
        Impossible: There is no such time.
    """
    if isinstance(time, Clock):
        return frame.instant(frame.wall(on, _chosen(frame, on, faces(time), after)))
    if isinstance(time, Part):
        first, last = PARTS[time.name]
        return Stretch("interval", frame.wall(on, first * _HOUR), frame.wall(on, last * _HOUR))
    if isinstance(time, Sections):
        return in_sections(frame, on, time)
    if isinstance(time, Range) and isinstance(time.start, Clock) and isinstance(time.end, Clock):
        return _hours(frame, on, time.start, time.end, after)
    if isinstance(time, Range) and isinstance(time.start, Clock | Part) and time.end is None:
        begin = placed(frame, on, time.start, after)
        return Stretch("interval", begin.last if time.after else begin.start, frame.wall(on, DAY_SECONDS))
    if isinstance(time, On) and isinstance(time.day, Part) and isinstance(time.time, Clock):
        raise Impossible("no_such_part", hour=time.time.hour, part=time.day.name)
    raise Impossible("meaningless")


def faces(clock: Clock) -> tuple[int, ...]:
    """Give the seconds after midnight that a clock may mean: between 07 and 23 unless it is exact.

    Raises:
        Impossible: No clock shows it.
    """
    seconds = clock.hour * _HOUR + clock.minute * _MINUTES + clock.second
    known = 0 <= clock.minute < _MINUTES and 0 <= clock.second < _MINUTES and 0 <= seconds <= DAY_SECONDS
    if not known:
        raise Impossible("no_such_clock", hour=clock.hour, minute=clock.minute)
    if clock.exact or clock.next_day or not 1 <= clock.hour <= _HALF:
        return (seconds + DAY_SECONDS * clock.next_day,)
    early = seconds % (_HALF * _HOUR)
    return tuple(each for each in (early, early + _HALF * _HOUR) if _AWAKE[0] <= each <= _AWAKE[1])


def check_sections(named: Sections, term: Term | None) -> None:
    """Hold sections against the term's table, or only against each other.

    Raises:
        Impossible: There are none such.
    """
    if named.last < named.first:
        raise Impossible("bad_range", first=named.first, last=named.last)
    if named.first < 1:
        raise Impossible("no_such_section", section=named.first)
    if term is not None and named.last > len(term.table):
        raise Impossible("no_such_section", section=max(named.first, len(term.table) + 1), sections=len(term.table))


def in_sections(frame: Frame, on: date, named: Sections) -> Stretch:
    """Put class periods onto a date.

    Raises:
        Impossible: The term has not such periods, or no such day.
    """
    term = frame.named_term()
    check_sections(named, term)
    try:
        slot = Slot(*term.week_of(on), named.first, named.last)
        stretch = to_instants(term, slot)
    except OutsideTerm:
        raise Impossible("outside_term", date=on.isoformat()) from None
    except (UnknownSection, BadRange):
        raise Impossible("no_such_section", section=named.last, sections=len(term.table)) from None
    return Stretch("interval", stretch.start, stretch.end, on, slot)


def _hours(frame: Frame, on: date, start: Clock, end: Clock, after: datetime | None) -> Stretch:
    """Put a stretch of clocks onto a date: the second is the next such face after the first."""
    starts, ends = _both_faces(start), _both_faces(end)
    if len(starts) > 1 and len(ends) == 1:
        first = max((each for each in starts if each < ends[0]), default=starts[0])
    else:
        first = _chosen(frame, on, faces(start), after)
    last = next((each for each in ends if each > first), ends[0] + DAY_SECONDS)
    return Stretch("interval", frame.wall(on, first), frame.wall(on, last))


def _both_faces(clock: Clock) -> tuple[int, ...]:
    found = faces(clock)
    if clock.exact or clock.next_day or not 1 <= clock.hour <= _HALF:
        return found
    early = found[0] % (_HALF * _HOUR)
    return early, early + _HALF * _HOUR


def _chosen(frame: Frame, on: date, candidates: tuple[int, ...], after: datetime | None) -> int:
    if after is None:
        return candidates[0]
    return next((each for each in candidates if frame.wall(on, each) > after), candidates[-1])
