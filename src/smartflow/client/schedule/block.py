"""The schedule as a person sees it: blocks, days and weeks."""

from datetime import date, datetime, time
from typing import Literal

from msgspec import Struct

from smartflow.client.schedule.place import EventState, Place, Source
from smartflow.client.schedule.violation import Violation
from smartflow.shared.kernel.ids import ClassId, EventId, TermId


class Guest(Struct, frozen=True):
    """What is embedded in a part of a meeting."""

    event: EventId
    source: Source
    name: str
    state: EventState = "live"
    done_sections: int = 0
    pinned: bool = False


class Block(Struct, frozen=True):
    """A stretch of a day as a person sees it.

    A host is cut where a guest begins or ends, and its parts share the event; an empty stretch has event 0 and no
    source. `order` is the rank in the day; `starts` and `ends` are wall times of the term's zone.
    """

    event: EventId
    term: TermId | None
    place: Place
    order: int
    date: date
    starts: time
    ends: time
    starts_at: datetime
    ends_at: datetime
    kind: Literal["course", "task", "empty"]
    name: str = ""
    location: str = ""
    status: Literal["normal", "suggested", "interrupted"] = "normal"
    source: Source | None = None
    task_class: ClassId | None = None
    state: EventState = "live"
    done_sections: int = 0
    pinned: bool = False
    takes_guests: bool = False
    guest: Guest | None = None


class Day(Struct, frozen=True):
    """A date and what stands on it."""

    week: int
    day: int
    date: date
    blocks: tuple[Block, ...]


class Week(Struct, frozen=True):
    """A week of a term and what stands in it; `weeks` is how many the term has."""

    term: TermId | None
    week: int
    weeks: int
    start: date
    end: date
    schedule_version: int
    blocks: tuple[Block, ...]


class Current(Struct, frozen=True):
    """The block that is under way or comes next today; none: nothing does."""

    block: Block | None
    ongoing: bool = False


class FinishedBlock(Struct, frozen=True):
    """A block of work that was done."""

    event: EventId
    source: Source
    name: str
    embedded: bool
    completed_at: datetime


class Finished(Struct, frozen=True):
    """Blocks that were done lately, the latest first."""

    blocks: tuple[FinishedBlock, ...]
    has_more: bool


class BlockDeletion(Struct, frozen=True):
    """What to take out at an event: the block, its guest, both, or nothing."""

    event: EventId
    block: bool
    guest: bool


class Start(Struct, frozen=True):
    """Where a block could go: with its violations, forbidden or not; the change of cost by tier, where one is known."""

    place: Place
    cost_change: tuple[int, ...] | None = None
    violations: tuple[Violation, ...] = ()


class Placed(Struct, frozen=True):
    """An event of a source, without names."""

    event: EventId
    source: Source
    term: TermId
    place: Place
    starts_at: datetime
    ends_at: datetime
    state: EventState
    done_sections: int
    pinned: bool
