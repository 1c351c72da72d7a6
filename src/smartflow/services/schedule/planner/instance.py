"""What planning is given: an immutable picture of a term and of the work to place in it.

Days are counted from the first Monday (0); sections, weekdays and pairs from 1; instants are whole minutes since the
epoch in UTC; clock times are minutes of the local day. A work's source is a reference such as `item:42` or `task:7`.
"""

from typing import Literal

from msgspec import Struct, field

from smartflow.services.schedule.planner.model import CostModel, default_model

HOUR = 60
DAY = 24 * HOUR
WEEK = 7


class Place(Struct, frozen=True, order=True):
    """Where a block stands: day, sections (both in), and the event id of its host, if it is a guest."""

    day: int
    first: int
    last: int
    host: int | None = None

    @property
    def week(self) -> int:
        """The week of the term, from 1."""
        return self.day // WEEK + 1

    @property
    def weekday(self) -> int:
        """The day of the week, from 1 for Monday."""
        return self.day % WEEK + 1


class Clock(Struct, frozen=True):
    """The local wall time of one section."""

    starts: int
    ends: int


class Day(Struct, frozen=True):
    """The instants of one date's sections, in the order of the section table."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Grid(Struct, frozen=True):
    """The term: its section table, its runs of sections without a break (first, last), its dates."""

    sections: tuple[Clock, ...]
    runs: tuple[tuple[int, int], ...]
    days: tuple[Day, ...]


class Holding(Struct, frozen=True):
    """Sections that a meeting or an outside calendar holds; `id` is the event's or the busy block's."""

    kind: Literal["course", "busy"]
    id: int
    day: int
    first: int
    last: int


class Host(Struct, frozen=True):
    """A meeting of a filler course, with the attention that it leaves to a guest (1..3)."""

    event_id: int
    day: int
    first: int
    last: int
    attention_left: int = 1


class Hours(Struct, frozen=True):
    """A stretch of the local day on some weekdays (none named: all); `rule` names the memory rule that made it."""

    starts: int
    ends: int
    weekdays: tuple[int, ...] = ()
    rule: str = ""


class LimitHours(Struct, frozen=True):
    """Hours that a request asks for: a wall when hard, a preference else."""

    starts: int
    ends: int
    hard: bool = False


class Limits(Struct, frozen=True):
    """What one request allows: weekdays, first and last day (both in), hours."""

    weekdays: tuple[int, ...] = ()
    excluded_weekdays: tuple[int, ...] = ()
    first_day: int | None = None
    last_day: int | None = None
    hours: tuple[LimitHours, ...] = ()


class Preferences(Struct, frozen=True):
    """How a person likes the day; no attention levels means the default of the runs, no cap the model's."""

    attention: tuple[int, ...] = ()
    preferred: tuple[Hours, ...] = ()
    forbidden: tuple[Hours, ...] = ()
    daily_cap: int | None = None


class StudyClass(Struct, frozen=True):
    """A task class: its window (days, both in; none: the term), its strategy and what it keeps clear of."""

    id: int
    strategy: Literal["steady", "rapid"] = "steady"
    first_day: int | None = None
    last_day: int | None = None
    heavy: bool = False
    allow_fillers: bool = False
    excluded_weekdays: tuple[int, ...] = ()
    excluded_pairs: tuple[int, ...] = ()
    preferred: tuple[Hours, ...] = ()
    avoided: tuple[Hours, ...] = ()


class Block(Struct, frozen=True):
    """A piece of work: an item of a class, or a task (which has no class, and its own bounds).

    Every block that stands in the term belongs here too, with its `current` place. `pinned` ones, and those that
    begin before the freeze horizon, stay; the others may be moved, at a price. `sections` is what is left to do.
    `importance` and `demand` come from the tables of `model`. `allow_fillers` speaks for a task; an item's class does.
    A `makeup` block owes no order to siblings that have begun.
    """

    source: str
    class_id: int | None = None
    order: int = 0
    sections: int = 2
    importance: int = 4
    demand: int = 2
    earliest: int | None = None
    deadline: int | None = None
    deadline_hard: bool = False
    allow_fillers: bool = False
    current: Place | None = None
    pinned: bool = False
    makeup: bool = False


class Instance(Struct, frozen=True):
    """One planning job. `steps` bounds the search: equal instance, seed and steps give an equal answer."""

    now: int
    grid: Grid
    blocks: tuple[Block, ...] = ()
    classes: tuple[StudyClass, ...] = ()
    holdings: tuple[Holding, ...] = ()
    hosts: tuple[Host, ...] = ()
    preferences: Preferences = Preferences()
    limits: Limits = Limits()
    model: CostModel = field(default_factory=default_model)
    freeze_minutes: int = 2 * HOUR
    allow_partial: bool = True
    max_moves: int = 5
    seed: int = 1
    steps: int = 60_000
