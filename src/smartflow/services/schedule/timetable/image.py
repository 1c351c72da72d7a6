"""What an event's row says, and what one step of a change set makes of it."""

from datetime import datetime

from msgspec import Struct

from smartflow.client.schedule.change import Op
from smartflow.client.schedule.place import WORDS, EventState, Nominal, Place, Source
from smartflow.shared.kernel.ids import EventId, TermId

STANDING: frozenset[EventState] = frozenset({"live", "done"})
INVERSE: dict[Op, Op] = {
    "add": "remove",
    "remove": "add",
    "hide": "restore",
    "restore": "hide",
    "move": "move",
    "report": "report",
    "pin": "pin",
}

DayKey = tuple[TermId, int, int]
"""A day of a term: term, week, day."""


class Image(Struct, frozen=True, omit_defaults=True):
    """All of an event's row but its id and its instants, which follow from the term. It names no text of its source.

    A guest's embeddings are the sections of its place, in the host of its place; history is nobody's guest. `nominal` is
    a meeting's alone.
    """

    term: TermId
    source: Source
    place: Place
    state: EventState = "live"
    done_sections: int = 0
    reported_at: datetime | None = None
    pinned: bool = False
    nominal: Nominal | None = None
    makes_up: EventId | None = None
    source_version: int | None = None

    @property
    def day(self) -> DayKey:
        """The day it stands on."""
        return self.term, self.place.week, self.place.day

    @property
    def stands(self) -> bool:
        """Whether it counts as standing in the schedule: live or done, and not history or suspended."""
        return self.state in STANDING

    @property
    def held(self) -> int:
        """The sections that it holds, as bits: none for a guest, whose host holds them, nor for what does not stand."""
        return self.place.slot.mask if self.stands and self.place.host is None else 0

    @property
    def live_key(self) -> str | None:
        """What no two rows of an owner may share: one placement of a source, one meeting of a nominal place."""
        if self.nominal is not None:
            return f"{self.source.ref}:{self.nominal.week}:{self.nominal.day}:{self.nominal.first}"
        return self.source.ref if self.stands else None


def nominal_of(live_key: str | None) -> Nominal | None:
    """Read from the key of a meeting where it stands by the timetable."""
    word, *numbers = (live_key or "").split(":")
    if word != WORDS["course"]:
        return None
    _, week, day, first = map(int, numbers)
    return Nominal(week, day, first)


class Step(Struct, frozen=True, omit_defaults=True):
    """One entry of the journal: an event's row before and after, or a source that is hidden or restored (no event)."""

    op: Op
    source: Source
    event: EventId | None = None
    before: Image | None = None
    after: Image | None = None

    @property
    def inverse(self) -> "Step":
        """The step that takes this one back."""
        return Step(INVERSE[self.op], self.source, self.event, self.after, self.before)
