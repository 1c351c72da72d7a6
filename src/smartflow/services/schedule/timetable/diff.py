"""The steps of a change set as they are shown. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from smartflow.client.schedule.change import Diff, Side
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.image import Image, Step
from smartflow.shared.calendar.faults import CalendarFault
from smartflow.shared.calendar.instants import Interval, to_instants, wall_instant
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.calendar.term import DAYS, Term
from smartflow.shared.kernel.ids import EventId, TermId


def diffs(steps: Iterable[Step], terms: Mapping[TermId, Term], names: Mapping[Source, str]) -> tuple[Diff, ...]:
    """Show steps, each block on both sides of its change. What is hidden has no name."""
    return tuple(_diff(step, terms, names.get(step.source, "")) for step in steps)


def _diff(step: Step, terms: Mapping[TermId, Term], name: str) -> Diff:
    before, after = (_side(step.event, image, terms) for image in (step.before, step.after))
    return Diff(step.op, name, step.source, before, after)


def _side(event: EventId | None, image: Image | None, terms: Mapping[TermId, Term]) -> Side | None:
    if event is None or image is None:
        return None
    span = _span(terms[image.term], image.place.slot)
    return Side(event, image.term, image.place, span.start, span.end, image.state, image.done_sections, image.pinned)


def _span(term: Term, slot: Slot) -> Interval:
    """Give the instants of a place; one that the term has no more is dated as if its weeks went on."""
    try:
        return to_instants(term, slot)
    except CalendarFault:
        rows = term.table.rows
        on = term.first_monday + timedelta(days=DAYS * (slot.week - 1) + slot.day - 1)
        first, last = (rows[min(number, len(rows)) - 1] for number in (slot.first, slot.last))
        return Interval(wall_instant(on, first.start, term.zone), wall_instant(on, last.end, term.zone))
