"""Whether a place exists at all."""

from collections.abc import Iterator

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.about import About
from smartflow.services.schedule.timetable.facts import Facts
from smartflow.services.schedule.timetable.image import Image
from smartflow.shared.calendar.term import DAYS, Term
from smartflow.shared.kernel.ids import TermId


def faults(term: Term, row: Image, about: About, *, home: TermId | None = None) -> Iterator[Violation]:
    """Name what the term or its section table does not have, each rule once; `home` is the term that a meeting keeps."""
    place, sections = row.place, len(term.table)
    unknown = [section for section in (place.first, place.last) if not 1 <= section <= sections]
    if unknown:
        yield about.breaks("unknown_section", section=min(unknown), sections=sections)
    if place.first > place.last:
        yield about.breaks("bad_range")
    known_day = 1 <= place.day <= DAYS
    if place.week < 1 or not known_day:
        yield about.breaks("bad_day")
    # Where there is no such day, the week is judged by itself.
    strays = home is not None and home != row.term
    if strays or (place.week >= 1 and not term.has(place.week, place.day if known_day else 1)):
        yield about.breaks("outside_term", weeks=term.weeks, last_day=term.last_day.isoformat())


def fits(facts: Facts, row: Image) -> bool:
    """Tell whether a row's place exists in its term."""
    return not any(faults(facts.terms[row.term].term, row, About(-1)))
