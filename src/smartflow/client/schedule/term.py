"""The terms of a person, and the days on which the timetable departs from itself."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from smartflow.client.schedule.place import Place, Source
from smartflow.shared.calendar.hours import Preferences
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import EventId, TermId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text


class TermView(Struct, frozen=True):
    """A term as it is shown; without an id it is the default, which nothing has stored yet."""

    id: TermId | None
    name: str
    term: Term
    preferences: Preferences
    is_default: bool
    schedule_version: int

    @property
    def first_monday(self) -> date:
        """The Monday of week 1."""
        return self.term.first_monday

    @property
    def last_day(self) -> date:
        """The last day, inside."""
        return self.term.last_day

    @property
    def zone(self) -> str:
        """The IANA zone of its wall times."""
        return self.term.zone


class DayOverride(Struct, frozen=True):
    """A date on which no course meets, or the meetings of another nominal day take place."""

    on: date
    kind: Literal["off", "follows"]
    week: int | None = None
    day: int | None = None


class DroppedBlock(Struct, frozen=True):
    """A block that a changed term would have no room for."""

    event: EventId
    source: Source
    name: str
    place: Place
    starts_at: datetime
    ends_at: datetime


class DroppedBlocks(Struct, frozen=True):
    """The details of `TermDropsBlocks`."""

    events: tuple[DroppedBlock, ...]


class TermNotFound(Refusal):
    """The owner has no such term."""

    status, code = 404, "40412"
    text = Text(zh="没有这个学期。", en="There is no such term.")


class WeekOutsideTerm(Refusal):
    """The term has no such week."""

    status, code = 422, "40030"
    text = Text(zh="学期没有这一周。", en="The term has no such week.")


class TermDropsBlocks(Refusal):
    """The changed term would have no room for blocks that stand in it."""

    status, code = 409, "40907"
    text = Text(zh="修改学期会使一些日程无处安放。", en="The changed term would drop blocks.")
