"""Saying what a violation is about."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.violation import MISSING, MISSING_HOST, RULES, WARNINGS, Entry, EntryGuest, Violation
from smartflow.services.schedule.timetable.image import Image
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.kernel.ids import EventId


class About(Struct, frozen=True):
    """A change of the set (-1: an edited class), and the source, event and place that it is about, as far as known."""

    index: int
    source: Source | None = None
    event: EventId | None = None
    place: Place | None = None

    def breaks(self, code: str, clashes: Iterable[Entry] = (), **facts: int | str) -> Violation:
        """State a violation."""
        rule = RULES[code]
        return Violation(
            code=code,
            invariant=rule.invariant,
            number=rule.number or self._missing(code),
            severity="warning" if code in WARNINGS else "error",
            index=self.index,
            subject=self.source,
            event=self.event,
            place=self.place,
            collides_with=tuple(clashes),
            facts=facts,
        )

    def lacks_host(self) -> Violation:
        """State that the meeting which should host it is not there."""
        return replace(self.breaks("event_missing", host=self.place.host or 0 if self.place else 0), number=MISSING_HOST)

    def _missing(self, code: str) -> str:
        return MISSING[self.source.type] if code == "source_missing" and self.source is not None else ""


def entry_of(state: ScheduleState, event: EventId, row: Image) -> Entry:
    """Show what stands somewhere, with its guests in order; names are filled in for who asked."""
    span = to_instants(state.facts.terms[row.term].term, row.place.slot)
    inside = ((guest, state.events[guest]) for guest in state.guests(event))
    guests = [EntryGuest(guest, each.source, each.place) for guest, each in inside if each.stands]
    guests.sort(key=lambda guest: (guest.place.order, guest.event))
    return Entry("event", event, row.place, span.start, span.end, row.source, guests=tuple(guests))


def in_order(violations: Iterable[Violation]) -> list[Violation]:
    """Sort by subject, code and place; what remains equal, by the change."""
    return sorted(violations, key=_order)


def _order(found: Violation) -> tuple[str, int, str, tuple[int, ...], int, int]:
    subject = ("", 0) if found.subject is None else (found.subject.type, found.subject.id)
    place = () if found.place is None else found.place.order
    return *subject, found.code, place, found.event or 0, found.index
