"""How healthy a schedule is, and what would make it better."""

from datetime import date, datetime
from typing import Literal, Protocol

from msgspec import Struct

from smartflow.client.schedule.change import Change
from smartflow.client.schedule.place import Source
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import EventId, TermId

Room = Literal["loose", "tight", "locked"]


class Dimension(Struct, frozen=True):
    """One side of health, 0..1; without data it has no value, and the others carry its weight."""

    name: str
    weight: int
    value: float | None = None


class Issue(Struct, frozen=True):
    """Something to look at, in the language of the call."""

    code: str
    severity: Literal["critical", "warning"]
    text: str
    events: tuple[EventId, ...] = ()


class DayRhythm(Struct, frozen=True):
    """How a day changes between classes, in real minutes."""

    date: date
    switches: int
    fragmentation: float
    longest_minutes: int
    heavy_adjacent: int


class DeadlineCushion(Struct, frozen=True):
    """Room before a deadline: usable sections, sections of all work due by then, and their difference."""

    source: Source
    name: str
    deadline_at: datetime
    have: int
    need: int
    minutes: int

    @property
    def sections(self) -> int:
        """What is left over; below zero something will be late whatever is planned."""
        return self.have - self.need


class Candidate(Struct, frozen=True):
    """Changes that would help, what they cost more by tier, and the health that they lead to."""

    changes: tuple[Change, ...]
    text: str
    cost_change: tuple[int, ...]
    health: int


class Health(Struct, frozen=True):
    """The state of a stretch of weeks, 0..100, and how much room there is to move things."""

    health: int
    room: Room
    dimensions: tuple[Dimension, ...]
    issues: tuple[Issue, ...]
    rhythm: tuple[DayRhythm, ...]
    cushions: tuple[DeadlineCushion, ...]
    candidates: tuple[Candidate, ...] = ()


class HealthQuery(Struct, frozen=True):
    """Which weeks to look at, both in; absent: from this one, to the term's last."""

    from_week: int | None = None
    to_week: int | None = None
    term: TermId | None = None


class AnalysisClient(Protocol):
    """Asks how the schedule is doing."""

    async def health(self, call: Call, query: HealthQuery) -> Health:
        """Judge a stretch of weeks.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
        """
        ...
