"""What words of time mean before it is known when they were said: a small algebra, plain as JSON.

Weekdays are 1..7 (1 = Monday). A `shift` of units counts from the present one: 0 this week, 1 the next, -1 the last.
"""

from typing import Literal, TypeAlias, Union

from msgspec import Struct

from smartflow.shared.calendar.weeks import WeekType

UnitName = Literal["week", "weekend", "month", "quarter", "year", "term"]
PartName = Literal["dawn", "early", "morning", "noon", "afternoon", "dusk", "evening", "night"]
EdgeName = Literal["start", "middle", "end", "early", "mid", "late"]
Every = Literal["day", "week", "month", "year"]


class Node(Struct, frozen=True, tag=True, omit_defaults=True):
    """Base of all."""


class Now(Node, frozen=True, tag="now"):
    """The moment at which it is said."""


class Duration(Node, frozen=True, tag="duration"):
    """A length; a week is 7 days, a year 12 months."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    sections: int = 0


class Shift(Node, frozen=True, tag="shift"):
    """So long from now, or from another day; `back`: before it. Hours and minutes make it an instant, else it is a day."""

    by: Duration
    back: bool = False
    base: "When | None" = None


class Date(Node, frozen=True, tag="date"):
    """A day of a month; without a year the next one ahead. `shift`: so many years on or, if no month is named, months."""

    day: int
    month: int | None = None
    year: int | None = None
    shift: int | None = None


class Weekday(Node, frozen=True, tag="weekday"):
    """A day of a week; without one its next occurrence, today while its clock is ahead."""

    day: int
    week: int | None = None


class Unit(Node, frozen=True, tag="unit"):
    """A whole unit of the calendar."""

    unit: UnitName
    shift: int = 0


class Month(Node, frozen=True, tag="month"):
    """A month; without a year the present one or the next ahead. `shift`: so many years on."""

    month: int
    year: int | None = None
    shift: int | None = None


class Year(Node, frozen=True, tag="year"):
    """A year."""

    year: int


class NthWeekday(Node, frozen=True, tag="nth_weekday"):
    """The nth (-1: the last) such day of a month."""

    nth: int
    day: int
    of: Month | Unit


class Holiday(Node, frozen=True, tag="holiday"):
    """A feast by its name in `holidays`; without a year the next one ahead. `shift`: so many years on."""

    name: str
    year: int | None = None
    shift: int | None = None


class TermWeek(Node, frozen=True, tag="term_week"):
    """A week of the term or a day of it: by number, or `skip` weeks of that parity on from the next one ahead."""

    week: int | None = None
    day: int | None = None
    parity: WeekType = WeekType.ALL
    skip: int = 0


class Checked(Node, frozen=True, tag="checked"):
    """A day that was named with its weekday too."""

    day: "When"
    weekday: int


class Edge(Node, frozen=True, tag="edge"):
    """A unit's first, middle or last day (of a day: its end), or its early, mid or late third."""

    edge: EdgeName
    of: "When"


class Clock(Node, frozen=True, tag="clock"):
    """A wall time. One that is not `exact` may be of either half of the day; `next_day`: after the midnight that ends it."""

    hour: int
    minute: int = 0
    second: int = 0
    exact: bool = False
    next_day: bool = False


class Part(Node, frozen=True, tag="part"):
    """A part of the day."""

    name: PartName


class Sections(Node, frozen=True, tag="sections"):
    """Class periods of a day, both inside."""

    first: int
    last: int


class On(Node, frozen=True, tag="on"):
    """A time of a day."""

    day: "When"
    time: "When"


class Range(Node, frozen=True, tag="span"):
    """From one to the other, the named days inside; open: until it, from it on or, with `after`, from its end on."""

    start: "When | None" = None
    end: "When | None" = None
    after: bool = False


class Deadline(Node, frozen=True, tag="deadline"):
    """Until it begins (before), or until it ends (by)."""

    edge: Literal["before", "by"]
    of: "When"


class Recurrence(Node, frozen=True, tag="recurrence"):
    """Every so many units; in weeks on days of the week (and of one parity), in months on a day (-1: the last) or the nth weekday."""

    unit: Every
    every: int = 1
    weekdays: tuple[int, ...] = ()
    parity: WeekType = WeekType.ALL
    day: int | None = None
    month: int | None = None
    nth: int | None = None
    time: "When | None" = None
    since: "When | None" = None
    until: "When | None" = None


class OneOf(Node, frozen=True, tag="one_of"):
    """One of these, the likeliest first; those that are not ahead drop out."""

    options: tuple["When", ...]


When: TypeAlias = Union[  # noqa: UP007 - the classes above name it before it is there
    Now,
    Duration,
    Shift,
    Date,
    Weekday,
    Unit,
    Month,
    Year,
    NthWeekday,
    Holiday,
    TermWeek,
    Checked,
    Edge,
    Clock,
    Part,
    Sections,
    On,
    Range,
    Deadline,
    Recurrence,
    OneOf,
]


class Span(Struct, frozen=True):
    """Words of time in a text: where they stand in it (`text[start:end]`), and what they mean."""

    start: int
    end: int
    ir: When
