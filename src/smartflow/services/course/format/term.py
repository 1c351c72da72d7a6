"""Which term the numbers of a file mean, and what the file itself says about it."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.course import Notice, ReadingTerms, TermSuggestion
from smartflow.services.course.format.errors import BAD, Errors
from smartflow.services.course.format.members import Members
from smartflow.services.course.format.warning import warn
from smartflow.shared.calendar.draft import MAX_NAME, TermDraft, check
from smartflow.shared.calendar.hours import Hours
from smartflow.shared.calendar.sections import Section, default_table
from smartflow.shared.calendar.term import DAYS, Term, monday_of

_SOMEDAY = date(2000, 1, 3)


class InUse(Struct, frozen=True):
    """The term that a file is read in, and what becomes of the one that it suggests."""

    draft: TermDraft
    adopt: TermDraft | None = None
    suggestion: TermSuggestion | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def term(self) -> Term:
        """The term itself."""
        return self.draft.term


def choose(said: TermSuggestion | None, terms: ReadingTerms) -> InUse:
    """Choose the term in use: the person's own, else the file's, else the default; or the file's, if it is to be adopted."""
    if said is None:
        return InUse(terms.term)
    theirs = said.complete(terms.term)
    said = replace(said, zone=theirs.zone, breaks=None if said.sections is None else theirs.breaks)
    if terms.adopt_term or not terms.own:
        return InUse(theirs, theirs if terms.adopt_term else None, said)
    suggestion = said if said.differs(terms.term) else None
    return InUse(terms.term, suggestion=suggestion, notices=tuple(_departures(theirs.first_monday, terms.term.first_monday)))


def read_term(members: Members, errors: Errors) -> TermSuggestion | None:
    """Read a term as this product writes it; None if anything is wrong with it, which is noted."""
    said = _said(members)
    broken = errors.under(members.path)
    wrong = [error for error in check(_checkable(said, broken)) if _root(error.field) not in broken]
    for error in wrong:
        errors.add(members.at(error.field), error.rule, code=BAD, **error.facts)
    return None if broken or wrong else said


def _said(members: Members) -> TermSuggestion:
    return TermSuggestion(
        first_monday=members.day("first_monday"),
        last_day=members.day("last_day"),
        zone=members.text("zone") if members.has("zone") else None,
        sections=_sections(members),
        breaks=members.wholes("breaks") if members.has("breaks") else None,
        name=members.text("name", most=MAX_NAME) if members.has("name") else None,
        preferred=_hours(members, "preferred_hours"),
        forbidden=_hours(members, "forbidden_hours"),
        daily_cap_minutes=members.whole("daily_cap_minutes") if members.has("daily_cap_minutes") else None,
        attention=members.wholes("attention") if members.has("attention") else None,
    )


def _sections(members: Members) -> tuple[Section, ...]:
    if not members.has("sections"):
        members.refuse("sections", "required")
    rows: list[Section] = []
    for row in members.objects("sections"):
        number, start, end = row.whole("section"), row.clock("start"), row.clock("end")
        if number is not None and start is not None and end is not None:
            rows.append(Section(number, start, end))
    return tuple(rows)


def _hours(members: Members, name: str) -> tuple[Hours, ...] | None:
    if not members.has(name):
        return None
    stretches: list[Hours] = []
    for row in members.objects(name):
        start, end, days = row.clock("start"), row.clock("end"), row.wholes("days_of_week")
        if start is not None and end is not None:
            stretches.append(Hours(start, end, frozenset(days)))
    return tuple(stretches)


def _checkable(said: TermSuggestion, broken: frozenset[str]) -> TermDraft:
    """Put something harmless where a member could not be read, so that all others are checked."""
    first_monday = said.first_monday or (monday_of(said.last_day) if said.last_day else _SOMEDAY)
    last_day = said.last_day or first_monday + timedelta(days=DAYS - 1)
    if "sections" in broken:
        said = replace(said, sections=default_table().rows, breaks=None, attention=None)
    return said.complete(TermDraft(first_monday, last_day, "UTC", ()))


def _root(field: str) -> str:
    return re.split(r"[.\[]", field, maxsplit=1)[0]


def _departures(theirs: date, yours: date) -> Iterable[Notice]:
    if theirs != yours:
        yield warn("term_differs", theirs=theirs.isoformat(), yours=yours.isoformat())
