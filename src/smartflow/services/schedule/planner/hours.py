"""Clock hours as section masks: per weekday (0 is Monday) one bit per section, the first section lowest."""

from collections.abc import Iterable

from smartflow.services.schedule.planner.instance import WEEK, Clock, Hours

Masks = tuple[int, ...]


def span(first: int, last: int) -> int:
    """Give the mask of a stretch of sections."""
    return ((1 << last - first + 1) - 1) << first - 1 if last >= first else 0


def touched(hours: Iterable[Hours], clocks: tuple[Clock, ...]) -> Masks:
    """Mark the sections of which some minute lies in the hours."""
    return _marked((stretch, _overlapping(stretch, clocks)) for stretch in hours)


def covered(hours: Iterable[Hours], clocks: tuple[Clock, ...]) -> Masks:
    """Mark the sections that lie wholly in one stretch of the hours."""
    return _marked((stretch, _inside(stretch, clocks)) for stretch in hours)


def weekday_bits(weekdays: Iterable[int]) -> int:
    """Give weekdays (from 1) as bits, Monday lowest."""
    return sum(1 << weekday - 1 for weekday in set(weekdays))


def _marked(marks: Iterable[tuple[Hours, int]]) -> Masks:
    masks = [0] * WEEK
    for stretch, mask in marks:
        for weekday in stretch.weekdays or range(1, WEEK + 1):
            masks[weekday - 1] |= mask
    return tuple(masks)


def _overlapping(stretch: Hours, clocks: tuple[Clock, ...]) -> int:
    return sum(1 << bit for bit, clock in enumerate(clocks) if clock.starts < stretch.ends and stretch.starts < clock.ends)


def _inside(stretch: Hours, clocks: tuple[Clock, ...]) -> int:
    return sum(1 << bit for bit, clock in enumerate(clocks) if stretch.starts <= clock.starts and clock.ends <= stretch.ends)
