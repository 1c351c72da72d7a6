"""Whether a place exists at all."""

from collections.abc import Iterator

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.about import About
from smartflow.services.schedule.timetable.facts import Facts
from smartflow.services.schedule.timetable.image import Image
from smartflow.shared.calendar.term import DAYS, Term


def faults(term: Term, row: Image, about: About) -> Iterator[Violation]:
    """Name what the term or its section table does not have."""
    place, sections = row.place, len(term.table)
    for section in sorted({place.first, place.last}):
        if not 1 <= section <= sections:
            yield about.breaks("unknown_section", section=section, sections=sections)
    if place.first > place.last:
        yield about.breaks("bad_range")
    if place.week < 1 or not 1 <= place.day <= DAYS:
        yield about.breaks("bad_day")
    elif not term.has(place.week, place.day):
        yield about.breaks("outside_term", weeks=term.weeks, last_day=term.last_day.isoformat())


def fits(facts: Facts, row: Image) -> bool:
    """Tell whether a row's place exists in its term."""
    return not any(faults(facts.terms[row.term].term, row, About(-1)))
