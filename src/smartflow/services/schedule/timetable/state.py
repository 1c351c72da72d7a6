"""The live rows of one user, as the rules see them: facts, events, and where those stand. Immutable."""

from collections.abc import Mapping

from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.facts import Facts
from smartflow.services.schedule.timetable.image import DayKey, Image
from smartflow.services.schedule.timetable.index import EventIndex
from smartflow.shared.kernel.ids import ChangeId, ClassId, EventId


class ScheduleState:
    """What one user has: terms, sources and events.

    A part is enough if it is whole where a change set touches it: all events of the days that blocks leave or come to,
    all events of the sources that are named (of an item: of its class), and the hosts and guests of all these.
    `last_changes` says which change set touched a row last; it only names who is to blame, and two states may differ in
    it and be equal.
    """

    def __init__(
        self,
        facts: Facts,
        events: Mapping[EventId, Image],
        *,
        last_changes: Mapping[EventId, ChangeId] | None = None,
        index: EventIndex | None = None,
    ) -> None:
        self.facts = facts
        self.events = events
        self.last_changes = last_changes or {}
        self._index = EventIndex().changed({}, events) if index is None else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScheduleState) and self.facts == other.facts and self.events == other.events

    __hash__ = None  # type: ignore[assignment]  # it holds dictionaries

    def on(self, day: DayKey) -> tuple[EventId, ...]:
        """List the events of a day, guests and history included."""
        return self._index.by_day.get(day, ())

    def of(self, source: Source) -> tuple[EventId, ...]:
        """List the events of a source, history included."""
        return self._index.by_source.get(source, ())

    def blocks_of(self, source: Source) -> tuple[EventId, ...]:
        """List the events that are of a source or, of a class, of its items."""
        if source.type != "task_class":
            return self.of(source)
        items = self.facts.items_of.get(ClassId(source.id), ())
        return tuple(event for item in items for event in self.of(Source.item(item)))

    def guests(self, host: EventId) -> tuple[EventId, ...]:
        """List what is embedded in a meeting, history included."""
        return self._index.guests.get(host, ())

    def standing(self, source: Source) -> tuple[EventId, ...]:
        """List the live and done events of a source: at most one, unless rules are broken or it is a course."""
        return tuple(event for event in self.of(source) if self.events[event].stands)

    def placed(self, class_id: ClassId) -> list[EventId]:
        """List the live and done events of a class's items."""
        items = self.facts.items_of.get(class_id, ())
        return [event for item in items for event in self.of(Source.item(item)) if self.events[event].stands]

    def held(self, day: DayKey) -> int:
        """Give the sections of a day that are held, as bits: section n is bit n - 1."""
        mask = 0
        for event in self.on(day):
            mask |= self.events[event].held
        return mask

    def left(self, source: Source, *, but: EventId | None = None) -> int | None:
        """Tell how many sections of an item or task are still to do; one event can be left out of the count."""
        total = self.facts.sections_of(source)
        if total is None:
            return None
        return total - sum(self.events[event].done_sections for event in self.of(source) if event != but)

    def with_events(self, rows: Mapping[EventId, Image | None]) -> "ScheduleState":
        """Put rows in place of those of the same id; None takes one away."""
        gone = {event: self.events[event] for event in rows if event in self.events}
        come = {event: image for event, image in rows.items() if image is not None}
        events = dict(self.events)
        for event in gone:
            del events[event]
        events.update(come)
        return ScheduleState(self.facts, events, last_changes=self.last_changes, index=self._index.changed(gone, come))

    def with_facts(self, facts: Facts) -> "ScheduleState":
        """Keep the events, under other facts."""
        return ScheduleState(facts, self.events, last_changes=self.last_changes, index=self._index)
