"""A semester: its weeks, its dates, and which of several is the current one."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from msgspec import Struct

from smartflow.shared.calendar.faults import OutsideTerm
from smartflow.shared.calendar.sections import SectionTable, Slot, default_table
from smartflow.shared.calendar.zones import zone_of

MAX_WEEKS = 40
DEFAULT_WEEKS = 20
DAYS = 7


class Dated(Protocol):
    """What the choice among terms looks at; a `Term` has it, and so has whatever extends one."""

    @property
    def first_monday(self) -> date:
        """The Monday of week 1."""
        ...

    @property
    def last_day(self) -> date:
        """The last day, inside."""
        ...

    @property
    def zone(self) -> str:
        """The IANA zone of its wall times."""
        ...


AnyTerm = TypeVar("AnyTerm", bound=Dated)


class Term(Struct, frozen=True):
    """A semester. Days after `last_day`, which is inside, do not exist, so its last week may be short."""

    first_monday: date
    last_day: date
    zone: str
    table: SectionTable

    @property
    def weeks(self) -> int:
        """How many weeks it has, the last one perhaps short."""
        return (self.last_day - self.first_monday).days // DAYS + 1

    def has(self, week: int, day: int) -> bool:
        """Tell whether the term has this day of this week."""
        return week >= 1 and 1 <= day <= DAYS and DAYS * (week - 1) + day - 1 <= (self.last_day - self.first_monday).days

    def date_of(self, week: int, day: int) -> date:
        """Give the date of a day of a week.

        Raises:
            OutsideTerm: The term has no such day.
        """
        if not self.has(week, day):
            raise OutsideTerm(week=week, day=day)
        return self.first_monday + timedelta(days=DAYS * (week - 1) + day - 1)

    def week_of(self, on: date) -> tuple[int, int]:
        """Give the week and the day of a date.

        Raises:
            OutsideTerm: The date lies before the term or after it.
        """
        if not self.first_monday <= on <= self.last_day:
            raise OutsideTerm(on=on)
        days = (on - self.first_monday).days
        return days // DAYS + 1, days % DAYS + 1

    def days(self) -> Iterator[tuple[int, int]]:
        """Give every (week, day) of the term, in order."""
        for days in range((self.last_day - self.first_monday).days + 1):
            yield days // DAYS + 1, days % DAYS + 1

    def check(self, slot: Slot) -> None:
        """Hold a slot against the term.

        Raises:
            UnknownSection: The table lacks one of its sections.
            BadRange: It ends before it begins.
            OutsideTerm: The term has no such day.
        """
        self.table.check(slot.first, slot.last)
        self.date_of(slot.week, slot.day)

    def today(self, now: datetime) -> date:
        """Give the date in the term's zone at an instant."""
        return today_in(self.zone, now)


def today_in(zone: str, now: datetime) -> date:
    """Give the date in a zone at an instant."""
    return now.astimezone(zone_of(zone)).date()


def monday_of(on: date) -> date:
    """Give the Monday of a date's week."""
    return on - timedelta(days=on.weekday())


def current_term(terms: Iterable[AnyTerm], now: datetime) -> AnyTerm | None:
    """Choose the term that coordinates mean: today's, else the next one, else the last; each judged in its own zone."""
    by_start = sorted(terms, key=lambda term: term.first_monday)
    for term in by_start:
        # The first that has not ended is today's or, if it has not begun, the next one.
        if today_in(term.zone, now) <= term.last_day:
            return term
    return by_start[-1] if by_start else None


def nearest_term(terms: Iterable[AnyTerm], on: date) -> AnyTerm | None:
    """Choose the term that has a date or, if none has, the one it is the fewest days away from; of two the later."""
    return min(terms, key=lambda term: (_days_away(term, on), -term.first_monday.toordinal()), default=None)


def default_term(zone: str, now: datetime) -> Term:
    """Give the term of who has set none: 20 weeks from the Monday of the current week."""
    monday = monday_of(today_in(zone, now))
    return Term(monday, monday + timedelta(days=DAYS * DEFAULT_WEEKS - 1), zone, default_table())


def _days_away(term: Dated, on: date) -> int:
    return max((term.first_monday - on).days, (on - term.last_day).days, 0)
