"""What repeats: its rule, and its first occurrence."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Final

from msgspec.structs import replace

from smartflow.shared.calendar.term import DAYS, Term
from smartflow.shared.calendar.weeks import WeekType
from smartflow.shared.calendar.zones import zone_of
from smartflow.shared.timetext.ir import Clock, Deadline, Edge, Part, Range, Recurrence, Sections
from smartflow.shared.timetext.meaning.days import in_month
from smartflow.shared.timetext.meaning.frame import ONE_DAY, Frame, Impossible, Stretch
from smartflow.shared.timetext.meaning.stretches import stretch
from smartflow.shared.timetext.meaning.times import placed
from smartflow.shared.timetext.reading import DeadlineReading, RecurrenceReading

_NAMES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FAR: Final = 9 * 366
_LAST: Final = -1
_MOST: Final = 999
_MOMENT: Final = timedelta(seconds=1)


def due(frame: Frame, when: Deadline) -> DeadlineReading:
    """Give the moment of a deadline.

    Raises:
        Impossible: There is none.
    """
    if isinstance(when.of, Deadline):
        return due(frame, when.of)
    found = stretch(frame, when.of)
    # "Before the end of the month" is not before its last day.
    ends = isinstance(when.of, Edge) and when.of.edge == "end"
    if when.edge == "before" and not ends:
        return DeadlineReading(found.start)
    since = found.start if found.kind == "interval" and not isinstance(when.of, Range) else None
    return DeadlineReading(found.last, since)


def repeats(frame: Frame, when: Recurrence) -> RecurrenceReading:
    """Give the rule and the first occurrence ahead.

    Raises:
        Impossible: There is none, or no such rule.
    """
    since = frame.today if when.since is None else frame.date_of(stretch(frame, when.since).start)
    until = _last(frame, when, since)
    fixed = _anchored(when, since)
    days = takewhile(lambda on: until is None or on <= until, _days(frame, fixed, max(since, frame.today)))
    for on in days:
        found = frame.whole(on) if when.time is None else placed(frame, on, when.time)
        if found.start > frame.now:
            return _reading(frame, fixed, found, on, until)
    raise Impossible("never")


def _last(frame: Frame, when: Recurrence, since: date) -> date | None:
    if when.until is None:
        return None
    ahead = frame.after(max(frame.ahead, frame.wall(since)))
    if isinstance(when.until, Deadline):
        return frame.date_of(due(ahead, when.until).at - _MOMENT)
    found = stretch(ahead, when.until)
    last = found.last
    return frame.date_of(last if found.kind == "instant" else last - _MOMENT)


def _anchored(when: Recurrence, since: date) -> Recurrence:
    """Name the day that was not: weekly and monthly on the day on which it begins."""
    if not _sensible(when):
        raise Impossible("meaningless")
    if when.unit == "week" and not when.weekdays:
        return replace(when, weekdays=(since.isoweekday() if when.parity is WeekType.ALL else 1,))
    if when.unit == "month" and when.day is None and when.nth is None:
        return replace(when, day=since.day)
    if when.unit == "year":
        return replace(when, day=when.day or since.day, month=when.month or since.month)
    return when


def _sensible(when: Recurrence) -> bool:
    nth = when.nth is None or (when.unit == "month" and len(when.weekdays) == 1)
    weekly = when.unit == "week" or (when.parity is WeekType.ALL and (when.nth is not None or not when.weekdays))
    return 1 <= when.every <= _MOST and all(1 <= day <= DAYS for day in when.weekdays) and nth and weekly


def _days(frame: Frame, when: Recurrence, since: date) -> Iterator[date]:
    """Give the days of a rule from one on, as if each could be its first."""
    term = frame.named_term() if when.parity is not WeekType.ALL or isinstance(when.time, Sections) else None
    if term is not None:
        since = max(since, term.first_monday)
    for offset in range(_FAR):
        on = since + offset * ONE_DAY
        if term is not None and on > term.last_day:
            return
        if _on(when, on) and (term is None or _parity(term, when, on)):
            yield on


def _on(when: Recurrence, on: date) -> bool:
    if when.unit == "day":
        return True
    if when.unit == "week":
        return on.isoweekday() in when.weekdays
    if when.nth is not None:
        return bool(when.weekdays) and in_month(on.replace(day=1), when.nth, when.weekdays[0]) == on
    day = monthrange(on.year, on.month)[1] if when.day == _LAST else when.day
    return on.day == day and (when.unit == "month" or on.month == when.month)


def _parity(term: Term, when: Recurrence, on: date) -> bool:
    week = term.week_of(on)[0]
    return when.parity is WeekType.ALL or (week % 2 == 1) == (when.parity is WeekType.ODD)


def _reading(frame: Frame, when: Recurrence, found: Stretch, on: date, until: date | None) -> RecurrenceReading:
    pattern = replace(when, time=None, since=None, until=None)
    sections = (when.time.first, when.time.last) if isinstance(when.time, Sections) else None
    timed = isinstance(when.time, Clock | Part | Range)
    clock = _clock(found.start, frame.zone) if timed else None
    end = None if found.kind == "instant" else found.end
    rule = _rule(frame, when, until, timed=timed or sections is not None)
    return RecurrenceReading(rule, on, found.start, end, pattern, clock, sections, until)


def _rule(frame: Frame, when: Recurrence, until: date | None, *, timed: bool) -> str:
    freq = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}[when.unit]
    every = when.every if when.parity is WeekType.ALL else 2 * when.every
    parts = [f"FREQ={freq}", *([f"INTERVAL={every}"] if every > 1 else [])]
    if when.unit == "week":
        parts.append(f"BYDAY={','.join(_NAMES[day - 1] for day in when.weekdays)}")
    elif when.nth is not None:
        parts.append(f"BYDAY={when.nth}{_NAMES[when.weekdays[0] - 1]}")
    if when.unit == "year":
        parts.append(f"BYMONTH={when.month}")
    if when.unit in ("month", "year") and when.nth is None:
        parts.append(f"BYMONTHDAY={when.day}")
    if until is not None:
        last = f"{frame.wall(until + ONE_DAY) - _MOMENT:%Y%m%dT%H%M%SZ}" if timed else f"{until:%Y%m%d}"
        parts.append(f"UNTIL={last}")
    return ";".join(parts)


def _clock(moment: datetime, zone: str) -> time:
    return moment.astimezone(zone_of(zone)).time()
