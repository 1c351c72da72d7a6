"""An outcome, sorted by what the rules have to look at."""

from collections.abc import Iterator

from msgspec.structs import replace

from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import Entry, Violation
from smartflow.services.schedule.timetable.about import About, entry_of
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.image import Image
from smartflow.shared.calendar.instants import Interval, to_instants
from smartflow.shared.kernel.ids import EventId


class Case:
    """What a change set touched, in the state after it.

    `laid` was added or has another time; `fresh` stands where or when it did not stand before: laid, or history no
    more. `taking` holds sections that it did not hold. `hosted` are guests that came to their host, or whose host was
    touched or is of a course whose rules were edited. `ruled` are live placements of classes whose rules were edited,
    touched otherwise or not.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.before, self.after = outcome.before, outcome.after
        self._blame = outcome.blame
        self._new = {step.event for step in outcome.steps if step.op == "add" and step.event and outcome.blame.get(step.event, -1) >= 0}
        touched = {step.event: None for step in outcome.steps if step.event is not None and step.event in self.after.events}
        self.touched = frozenset(touched)
        self.laid = [event for event in touched if self._is_laid(event)]
        laid = set(self.laid)
        self.fresh = [event for event in touched if self.row(event).stands and (event in laid or self._revived(event))]
        self.taking = [event for event in touched if self._takes(event)]
        named = [step.event for step in outcome.steps if step.event is not None]
        named += [event for course_id in outcome.courses for event in self.after.of(Source.course(course_id))]
        guests = {guest: None for event in named for guest in self.after.guests(event)}
        self.hosted = [event for event in (touched | guests) if self.row(event).place.host is not None]
        self.edited = outcome.edited
        placed = (event for class_id in outcome.edited for event in self.after.placed(class_id))
        self.ruled = [event for event in placed if self.row(event).state == "live"]

    def row(self, event: EventId) -> Image:
        """Give a row as it is after the set."""
        return self.after.events[event]

    def about(self, event: EventId) -> About:
        """Start a violation by an event."""
        row = self.row(event)
        return About(self._blame.get(event, -1), row.source, None if event in self._new else event, row.place)

    def breaks(self, event: EventId, code: str, clashes: Iterator[EventId] | tuple[EventId, ...] = (), **facts: int | str) -> Violation:
        """State a violation by an event, against other events."""
        return self.about(event).breaks(code, [self.entry(other, met_by=event) for other in sorted(clashes)], **facts)

    def entry(self, event: EventId, *, met_by: EventId) -> Entry:
        """Show an event of the state after, with the guests that it has anyway; what the set itself adds is named by its change."""
        entry = entry_of(self.after, event, self.row(event))
        entry = replace(entry, guests=tuple(each for each in entry.guests if each.event not in self._new and each.event != met_by))
        return replace(entry, kind="change", id=self._blame[event]) if event in self._new else entry

    def span(self, event: EventId) -> Interval:
        """Give an event's instants."""
        row = self.row(event)
        return to_instants(self.after.facts.terms[row.term].term, row.place.slot)

    def settled(self, event: EventId) -> bool:
        """Tell whether something is done, and was so where it is: rules that changed since are nothing to it."""
        was, row = self.before.events.get(event), self.row(event)
        return row.state == "done" and was is not None and was.stands and was.place == row.place

    def _is_laid(self, event: EventId) -> bool:
        was, row = self.before.events.get(event), self.row(event)
        return was is None or (was.term, was.place.slot) != (row.term, row.place.slot)

    def _revived(self, event: EventId) -> bool:
        was = self.before.events.get(event)
        return was is not None and not was.stands

    def _takes(self, event: EventId) -> bool:
        was, row = self.before.events.get(event), self.row(event)
        return row.held != 0 and (was is None or was.held != row.held or was.day != row.day)
