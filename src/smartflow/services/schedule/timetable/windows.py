"""INV-3, INV-5, INV-6 and INV-7: what a course, a task class and the section table allow."""

from collections.abc import Iterator
from datetime import date

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.case import Case
from smartflow.services.schedule.timetable.facts import ClassFacts
from smartflow.shared.calendar.sections import mask_of
from smartflow.shared.kernel.ids import CourseId


def fillers(case: Case) -> Iterator[Violation]:
    """Find guests of courses that take none, and items of classes that do not go into courses."""
    ruled = [event for event in case.ruled if case.row(event).place.host is not None]
    for event in dict.fromkeys((*case.hosted, *ruled)):
        row = case.row(event)
        host = None if row.place.host is None else case.after.events.get(row.place.host)
        if row.place.host is None or host is None or not row.stands or case.settled(event):
            continue
        course = case.after.facts.courses.get(CourseId(host.source.id)) if host.source.type == "course" else None
        if course is not None and not course.is_filler:
            yield case.breaks(event, "host_not_filler", (row.place.host,))
        rules = case.after.facts.class_of(row.source)
        if rules is not None and not rules.allow_fillers:
            yield case.breaks(event, "filler_not_allowed", (row.place.host,))


def windows(case: Case) -> Iterator[Violation]:
    """Find items outside the dates of their class, or on a day or a pair that it leaves out."""
    for event in dict.fromkeys((*case.fresh, *case.ruled)):
        row = case.row(event)
        rules = case.after.facts.class_of(row.source)
        if rules is None:
            continue
        on = case.after.facts.terms[row.term].term.date_of(row.place.week, row.place.day)
        if not _in_window(rules, on):
            yield case.breaks(event, "outside_class", start=_said(rules.start), end=_said(rules.end))
        if rules.excluded_days >> (row.place.day - 1) & 1:
            yield case.breaks(event, "excluded_day", day=row.place.day)
        pairs = row.place.slot.pairs
        if rules.excluded_pairs & mask_of(pairs[0], pairs[-1]):
            yield case.breaks(event, "excluded_slot")


def breaks(case: Case) -> Iterator[Violation]:
    """Find placements that go on after a long break; a meeting may."""
    for event in case.fresh:
        row = case.row(event)
        if row.source.is_work and case.after.facts.terms[row.term].term.table.crosses_break(row.place.first, row.place.last):
            yield case.breaks(event, "crosses_break")


def _in_window(rules: ClassFacts, on: date) -> bool:
    return (rules.start is None or rules.start <= on) and (rules.end is None or on <= rules.end)


def _said(on: date | None) -> str:
    return "" if on is None else on.isoformat()
