"""Words of time that stand apart in a sentence and mean one time: "tomorrow call the dentist at 9:30"."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from smartflow.shared.timetext.grammar.on import on, refined
from smartflow.shared.timetext.grammar.recurring import at_time, bounded, until
from smartflow.shared.timetext.grammar.span import on_day
from smartflow.shared.timetext.ir import (
    Checked,
    Clock,
    Date,
    Deadline,
    Edge,
    Holiday,
    NthWeekday,
    On,
    OneOf,
    Part,
    Range,
    Recurrence,
    Sections,
    Shift,
    Span,
    TermWeek,
    Weekday,
    When,
)

_DAYS: Final = (Date, Weekday, NthWeekday, Holiday, Checked, Shift, Edge)


class Meant(Struct, frozen=True):
    """One time, and the spans that say it, in the order of the text."""

    ir: When
    spans: tuple[Span, ...]


def joined(spans: Sequence[Span]) -> tuple[Meant, ...]:
    """Join each span to the nearest one before it that it completes; the others stay alone."""
    found: list[Meant] = []
    for span in spans:
        for place in range(len(found) - 1, -1, -1):
            ir = _together(found[place].ir, span.ir)
            if ir is not None:
                found[place] = Meant(ir, (*found[place].spans, span))
                break
        else:
            found.append(Meant(span.ir, (span,)))
    return tuple(found)


def _together(one: When, other: When) -> When | None:
    return _complete(one, other) or _complete(other, one)


def _complete(whole: When, more: When) -> When | None:
    if isinstance(whole, Recurrence):
        return _repeated(whole, more)
    if isinstance(more, Range) and isinstance(more.start, Clock) and more.end is None and not more.after:
        # 三点半开始
        more = more.start
    if isinstance(whole, On):
        return refined(whole, more) if isinstance(more, Clock) else None
    if isinstance(whole, Deadline):
        return _due(whole, more)
    if not _is_day(whole):
        return None
    if isinstance(more, Deadline):
        return on_day(whole, more)
    return on(whole, more) if isinstance(more, Clock | Part) or _is_hours(more) else None


def _repeated(whole: Recurrence, more: When) -> When | None:
    if isinstance(more, Deadline):
        return until(whole, more)
    if isinstance(more, Clock | Part | Sections) or _is_hours(more):
        return at_time(whole, more)
    return bounded(whole, more) if isinstance(more, Range) else None


def _due(whole: Deadline, more: When) -> When | None:
    """Read "by Friday .. at 5pm"."""
    if whole.edge != "by" or not _is_day(whole.of) or not isinstance(more, Clock):
        return None
    put = on(whole.of, more)
    return None if put is None else Deadline("by", put)


def _is_day(when: When) -> bool:
    if isinstance(when, OneOf):
        return all(_is_day(option) for option in when.options)
    return isinstance(when, _DAYS) or (isinstance(when, TermWeek) and when.day is not None)


def _is_hours(when: When) -> bool:
    return isinstance(when, Range) and isinstance(when.start, Clock) and isinstance(when.end, Clock)
