"""From what words mean to what they mean now."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import astuple

from smartflow.shared.calendar.term import Term
from smartflow.shared.timetext.ir import Deadline, Duration, OneOf, Recurrence, Sections, When
from smartflow.shared.timetext.meaning.frame import Frame, Impossible
from smartflow.shared.timetext.meaning.repeats import due, repeats
from smartflow.shared.timetext.meaning.stretches import stretch
from smartflow.shared.timetext.meaning.times import check_sections
from smartflow.shared.timetext.reading import (
    DayReading,
    DeadlineReading,
    DurationReading,
    Fault,
    InstantReading,
    IntervalReading,
    Reading,
    SectionsReading,
    end_of,
    start_of,
)

_MOST: Final = 8
_FIRST, _AFTER = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)


def resolve(ir: When, now: datetime, zone: str, term: Term | None = None) -> tuple[Reading, ...]:
    """Understand words of time at a moment: every reading they have, the likeliest first, or the fault that each has.

    Of several readings those that are not ahead are left out, if another one is.
    """
    frame = Frame(now.astimezone(UTC), zone, term, now.astimezone(UTC))
    readings = [_reading(frame, each) for each in islice(_options(ir), _MOST)]
    sound = tuple(dict.fromkeys(each for each in readings if not isinstance(each, Fault)))
    if len(sound) < 2:  # noqa: PLR2004 - nothing to choose
        return sound or tuple(readings[:1]) or (Fault("meaningless"),)
    ahead = tuple(each for each in sound if (start := start_of(each)) is None or start > frame.now)
    return ahead or sound


def _reading(frame: Frame, ir: When) -> Reading:
    try:
        found = _READ.get(type(ir), _stretch)(frame, ir)
    except Impossible as impossible:
        return impossible.fault
    except (OverflowError, ValueError):
        # Beyond what calendars hold: the year 30000, in ten million months.
        return Fault("out_of_range")
    return found if all(_FIRST <= moment < _AFTER for moment in _moments(found)) else Fault("out_of_range")


def _moments(found: Reading) -> Iterator[datetime]:
    """Give what has to lie within the years that can be shown everywhere."""
    since = found.since if isinstance(found, DeadlineReading) else None
    yield from (moment for moment in (start_of(found), end_of(found), since) if moment is not None)


def _duration(frame: Frame, ir: Duration) -> Reading:
    del frame
    return DurationReading(ir.months, ir.days, ir.seconds, ir.sections)


def _sections(frame: Frame, ir: Sections) -> Reading:
    check_sections(ir, frame.term)
    return SectionsReading(ir.first, ir.last)


def _stretch(frame: Frame, ir: When) -> Reading:
    found = stretch(frame, ir)
    if found.kind == "instant":
        return InstantReading(found.start)
    if found.kind == "day" and found.on is not None:
        return DayReading(found.on, found.start, found.last)
    return IntervalReading(found.start, found.end, found.slot)


_READ: Final[Mapping[type, Callable[[Frame, Any], Reading]]] = {
    Duration: _duration,
    Sections: _sections,
    Deadline: due,
    Recurrence: repeats,
}


def _options(ir: When) -> list[When]:
    """Write every choice out."""
    if isinstance(ir, OneOf):
        return [each for option in ir.options for each in _options(option)]
    members = [_options(member) if isinstance(member, Struct) else [member] for member in astuple(ir)]  # type: ignore[arg-type]  # structs in an IR are IR
    if all(len(each) == 1 for each in members):
        return [ir]
    return [type(ir)(*chosen) for chosen in islice(product(*members), _MOST)]
