"""From coordinates to instants and back.

A section's instants follow its wall time, whatever the clocks do: a wall time that the zone skips moves forward by the
skip, and of two equal ones the first counts.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from smartflow.shared.calendar.faults import UnknownSection
from smartflow.shared.calendar.sections import Section, Slot, minute_of, ranges_of
from smartflow.shared.calendar.term import Term
from smartflow.shared.calendar.zones import zone_of

_ONE_DAY = timedelta(days=1)


class Interval(Struct, frozen=True, order=True):
    """A stretch of time [start, end), in UTC."""

    start: datetime
    end: datetime

    def meets(self, other: "Interval") -> bool:
        """Tell whether both share more than an instant."""
        return max(self.start, other.start) < min(self.end, other.end)

    def has(self, instant: datetime) -> bool:
        """Tell whether an instant lies inside."""
        return self.start <= instant < self.end


def wall_instant(on: date, clock: time, zone: str) -> datetime:
    """Give the instant, in UTC, at which clocks of a zone show a wall time on a date."""
    return _instant(on, clock, zone_of(zone))


def to_instants(term: Term, slot: Slot) -> Interval:
    """Give the instants from the start of a slot's first section to the end of its last one.

    Raises:
        UnknownSection: The table lacks one of its sections.
        BadRange: It ends before it begins.
        OutsideTerm: The term has no such day.
    """
    term.check(slot)
    rows = term.table.rows
    return _stretch(term.date_of(slot.week, slot.day), rows[slot.first - 1], rows[slot.last - 1], zone_of(term.zone))


def to_slot(term: Term, instant: datetime) -> Slot:
    """Give the section that an instant lies in, as a slot of one; where a skipped hour laid two together, the first.

    Raises:
        OutsideTerm: The term has no such day.
        UnknownSection: It lies in no section.
    """
    on = term.today(instant)
    week, day = term.week_of(on)
    zone = zone_of(term.zone)
    for row in term.table.rows:
        if _stretch(on, row, row, zone).has(instant):
            return Slot(week, day, row.number, row.number)
    raise UnknownSection


def to_slots(term: Term, interval: Interval) -> tuple[Slot, ...]:
    """Give all sections that a stretch of time overlaps by more than zero, as the longest slots, in order.

    What lies outside the term is left out.
    """
    zone = zone_of(term.zone)
    slots: list[Slot] = []
    for on in _days(term, interval):
        hit = [row.number for row in term.table.rows if _stretch(on, row, row, zone).meets(interval)]
        slots += [Slot(*term.week_of(on), first, last) for first, last in ranges_of(hit)]
    return tuple(slots)


def slot_at(term: Term, interval: Interval) -> Slot:
    """Give the slot that begins and ends exactly with a stretch of time: the inverse of `to_instants`.

    Raises:
        OutsideTerm: The term has no such day.
        UnknownSection: No sections begin or end then.
    """
    on = term.today(interval.start)
    week, day = term.week_of(on)
    slots = [slot for slot in to_slots(term, interval) if (slot.week, slot.day) == (week, day)]
    for slot in slots:
        if to_instants(term, slot) == interval:
            return slot
    raise UnknownSection


def _days(term: Term, interval: Interval) -> Iterator[date]:
    if interval.start >= interval.end:
        return
    # A day early: a zone that skips a whole day lays its sections onto the next one.
    on = max(term.today(interval.start) - _ONE_DAY, term.first_monday)
    until = min(term.today(interval.end), term.last_day)
    while on <= until:
        yield on
        on += _ONE_DAY


def _stretch(on: date, first: Section, last: Section, zone: ZoneInfo) -> Interval:
    start, end = _instant(on, first.start, zone), _instant(on, last.end, zone)
    if end <= start:
        # The start was skipped and the end was not: the end moves with it.
        end = start + timedelta(minutes=minute_of(last.end) - minute_of(first.start))
    return Interval(start, end)


def _instant(on: date, clock: time, zone: ZoneInfo) -> datetime:
    # With fold=0 the offset before the change counts: the first of two equal times, and a skipped one moved forward.
    return datetime.combine(on, clock, zone).replace(fold=0).astimezone(UTC)
