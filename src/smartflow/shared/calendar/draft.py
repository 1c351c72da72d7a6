"""A term as a person or a file states it, and everything that can be wrong with it."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.sections import MAX_SECTIONS, Section, SectionTable, propose_breaks
from smartflow.shared.calendar.term import DAYS, MAX_WEEKS, Term
from smartflow.shared.calendar.zones import known_zone
from smartflow.shared.kernel.refusal import FieldError

MAX_NAME = 64
MAX_DAILY_CAP = 24 * 60
MAX_ATTENTION = 3
EARLIEST = date(1970, 1, 1)
LATEST = date(2999, 12, 31)
_NO_PREFERENCES = Preferences()


class TermDraft(Struct, frozen=True):
    """A term to be set. Without breaks, the long pauses of the table become breaks."""

    first_monday: date
    last_day: date
    zone: str
    sections: tuple[Section, ...]
    breaks: tuple[int, ...] | None = None
    name: str = ""
    preferences: Preferences = _NO_PREFERENCES

    @classmethod
    def of(cls, term: Term, name: str = "", preferences: Preferences = _NO_PREFERENCES) -> "TermDraft":
        """State a term that is set already."""
        breaks = tuple(sorted(term.table.breaks))
        return cls(term.first_monday, term.last_day, term.zone, term.table.rows, breaks, name, preferences)

    @property
    def table(self) -> SectionTable:
        """The section table."""
        breaks = propose_breaks(self.sections) if self.breaks is None else frozenset(self.breaks)
        return SectionTable(self.sections, breaks)

    @property
    def term(self) -> Term:
        """The term; it makes sense once `check` finds nothing."""
        return Term(self.first_monday, self.last_day, self.zone, self.table)


def check(draft: TermDraft) -> tuple[FieldError, ...]:
    """Name every rule that a draft breaks, by the names that its members have over HTTP and in files."""
    return (
        *_check_dates(draft),
        *_check_sections(draft.sections),
        *check_breaks(draft.breaks or (), len(draft.sections)),
        *check_preferences(draft.preferences, len(draft.sections)),
    )


def check_breaks(breaks: tuple[int, ...], sections: int) -> Iterator[FieldError]:
    """Name the breaks that follow no section of the table."""
    for place, number in enumerate(breaks):
        yield from _check_range(f"breaks[{place}]", number, 1, sections)


def check_preferences(preferences: Preferences, sections: int) -> Iterator[FieldError]:
    """Name every rule that preferences break; `sections` is the number of the table's rows."""
    for field, stretches in (("preferred_hours", preferences.preferred), ("forbidden_hours", preferences.forbidden)):
        for place, hours in enumerate(stretches):
            yield from _check_hours(f"{field}[{place}]", hours)
    if preferences.daily_cap_minutes is not None:
        yield from _check_range("daily_cap_minutes", preferences.daily_cap_minutes, 1, MAX_DAILY_CAP)
    if preferences.attention is not None:
        if len(preferences.attention) != sections:
            yield FieldError("attention", "length", facts={"limit": sections})
        for place, level in enumerate(preferences.attention):
            yield from _check_range(f"attention[{place}]", level, 1, MAX_ATTENTION)


def _check_dates(draft: TermDraft) -> Iterator[FieldError]:
    if len(draft.name) > MAX_NAME:
        yield FieldError("name", "length", facts={"max_length": MAX_NAME})
    if draft.first_monday.isoweekday() != 1:
        yield FieldError("first_monday", "format", facts={"limit": "Monday"})
    if draft.first_monday < EARLIEST:
        yield FieldError("first_monday", "min", facts={"limit": EARLIEST.isoformat()})
    if draft.last_day > LATEST:
        yield FieldError("last_day", "max", facts={"limit": LATEST.isoformat()})
    days = (draft.last_day - draft.first_monday).days
    if days < 0:
        yield FieldError("last_day", "order", facts={"limit": "first_monday"})
    elif days >= DAYS * MAX_WEEKS:
        yield FieldError("last_day", "max", facts={"limit": MAX_WEEKS})
    if not known_zone(draft.zone):
        yield FieldError("zone", "unknown")


def _check_sections(rows: tuple[Section, ...]) -> Iterator[FieldError]:
    yield from _check_range("sections", len(rows), 1, MAX_SECTIONS)
    for place, row in enumerate(rows):
        if row.number != place + 1:
            yield FieldError(f"sections[{place}].section", "order", facts={"limit": place + 1})
        if row.start >= row.end:
            yield FieldError(f"sections[{place}].end", "order", facts={"limit": "start"})
        if place and row.start < rows[place - 1].end:
            yield FieldError(f"sections[{place}].start", "order", facts={"limit": f"sections[{place - 1}].end"})


def _check_hours(field: str, hours: Hours) -> Iterator[FieldError]:
    if hours.start == hours.end:
        yield FieldError(f"{field}.end", "order", facts={"limit": "start"})
    for day in sorted(hours.days):
        yield from _check_range(f"{field}.days_of_week", day, 1, DAYS)


def _check_range(field: str, value: int, least: int, most: int) -> Iterator[FieldError]:
    if value < least:
        yield FieldError(field, "min", facts={"limit": least})
    elif value > most:
        yield FieldError(field, "max", facts={"limit": most})
