"""Days on which the timetable departs from itself: where a meeting takes place, and what a new list of days changes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Change, Move, Report
from smartflow.client.schedule.place import Nominal
from smartflow.client.schedule.term import DayOverride
from smartflow.services.schedule.timetable.image import Image
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import EventId


class Timetable(Struct, frozen=True):
    """A term and its day overrides."""

    term: Term
    overrides: Mapping[date, DayOverride]

    def day_of(self, nominal: Nominal) -> tuple[int, int] | None:
        """Give the week and day on which a meeting takes place; none: it does not.

        The day that follows a nominal one has its meetings; a day that is off or follows another has none of its own.
        """
        week_and_day = nominal.week, nominal.day
        for on in sorted(self.overrides):
            each = self.overrides[on]
            if each.kind == "follows" and (each.week, each.day) == week_and_day:
                return self.term.week_of(on)
        own = self.term.date_of(*week_and_day) if self.term.has(*week_and_day) else None
        return None if own is None or own in self.overrides else week_and_day

    def returning(self, row: Image) -> Image:
        """Give a meeting that was away while the list may have changed as the list has it now.

        One that a person has moved stays where it is, unless it does not take place or the list speaks of that date.
        """
        if row.nominal is None or row.state not in {"live", "suspended"}:
            return row
        own, at = (row.nominal.week, row.nominal.day), (row.place.week, row.place.day)
        on = self.day_of(row.nominal)
        if on is not None and row.state == "live" and at != own and not self._speaks_of(at):
            return row
        if (on is None) != (row.state == "suspended"):
            row = replace(row, state="suspended" if on is None else "live", reported_at=None)
        # What does not take place is shown where the timetable has it.
        week, day = on or own
        return replace(row, place=replace(row.place, week=week, day=day))

    def _speaks_of(self, week_and_day: tuple[int, int]) -> bool:
        return self.term.has(*week_and_day) and self.term.date_of(*week_and_day) in self.overrides


def timetable(term: Term, overrides: Iterable[DayOverride]) -> Timetable:
    """Put a term and its day overrides together."""
    return Timetable(term, {each.on: each for each in overrides})


def meeting_changes(before: Timetable, after: Timetable, meetings: Mapping[EventId, Image]) -> tuple[Change, ...]:
    """Say what becomes of meetings when another list of days, or another term, takes the place of one.

    A meeting that the lists treat alike stays as it is, also where a person has moved it.
    """
    return tuple(change for event, row in sorted(meetings.items()) for change in _changes(before, after, event, row))


def _changes(before: Timetable, after: Timetable, event: EventId, row: Image) -> Iterator[Change]:
    nominal = row.nominal
    if nominal is None:
        return
    was, becomes = before.day_of(nominal), after.day_of(nominal)
    if was == becomes:
        return
    if becomes is None and row.state != "suspended":
        yield Report(event, "suspended")
    elif becomes is not None and row.state == "suspended":
        yield Report(event, "live")
    # What does not take place is shown where the timetable has it.
    week, day = becomes or (nominal.week, nominal.day)
    if (week, day) != (row.place.week, row.place.day):
        yield Move(event, replace(row.place, week=week, day=day))
