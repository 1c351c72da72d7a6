"""INV-1 and INV-2: who holds which sections, and who is whose guest."""

from collections.abc import Iterator

from smartflow.client.schedule.place import Place
from smartflow.client.schedule.violation import Entry, Violation
from smartflow.services.schedule.timetable.case import Case
from smartflow.services.schedule.timetable.image import DayKey, Image
from smartflow.shared.calendar.instants import Interval, to_slots
from smartflow.shared.kernel.ids import EventId


def occupied(case: Case) -> Iterator[Violation]:
    """Find sections that two hold, wherever one of them is new there."""
    days: dict[DayKey, list[EventId]] = {}
    for event in case.taking:
        days.setdefault(case.row(event).day, []).append(event)
    for day, takers in days.items():
        masks = {event: held for event in case.after.on(day) if (held := case.row(event).held)}
        if _overlap(masks):
            for event in takers:
                others = tuple(other for other, mask in masks.items() if other != event and mask & masks[event])
                if others:
                    yield case.breaks(event, "occupied", others)


def busy(case: Case) -> Iterator[Violation]:
    """Find placements that were laid onto what an outside calendar holds. Meetings may lie there."""
    for event in case.laid:
        row = case.row(event)
        if row.source.is_work and row.stands:
            clashes = list(_outside(case, event))
            if clashes:
                yield case.about(event).breaks("busy", clashes)


def hosting(case: Case) -> Iterator[Violation]:
    """Find guests without a meeting to host them, outside of it, or where another guest is."""
    for event in case.hosted:
        row, host = case.row(event), case.row(event).place.host
        meeting = None if host is None else case.after.events.get(host)
        if host is None or meeting is None or meeting.source.type != "course":
            yield case.about(event).lacks_host()
            continue
        if not row.source.is_work or not _inside(row, meeting):
            yield case.breaks(event, "outside_host", (host,))
        taken = tuple(other for other in case.after.guests(host) if other != event and row.place.slot.meets(case.row(other).place.slot))
        if taken:
            yield case.breaks(event, "host_taken", taken)


def _inside(row: Image, meeting: Image) -> bool:
    return meeting.stands and meeting.term == row.term and meeting.place.slot.holds(row.place.slot)


def _overlap(masks: dict[EventId, int]) -> bool:
    seen = 0
    for mask in masks.values():
        if seen & mask:
            return True
        seen |= mask
    return False


def _outside(case: Case, event: EventId) -> Iterator[Entry]:
    """Show the busy blocks that overlap one of an event's sections, with the sections that they take there."""
    row, span = case.row(event), case.span(event)
    term = case.after.facts.terms[row.term].term
    near = {block.id: block for on in (span.start.date(), span.end.date()) for block in case.after.facts.busy.get(on, ())}
    for block in near.values():
        for slot in to_slots(term, _shared(block.span, span)) if block.span.meets(span) else ():
            if slot.meets(row.place.slot):
                place = Place(slot.week, slot.day, slot.first, slot.last)
                yield Entry("busy", block.id, place, block.span.start, block.span.end, calendar=block.calendar)


def _shared(one: Interval, other: Interval) -> Interval:
    return Interval(max(one.start, other.start), min(one.end, other.end))
