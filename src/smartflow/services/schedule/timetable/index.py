"""Which events stand on a day, belong to a source, or are embedded in a meeting."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct

from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.image import DayKey, Image
from smartflow.shared.kernel.ids import EventId

Key = TypeVar("Key")
Lists = Mapping[Key, tuple[EventId, ...]]


class EventIndex(Struct, frozen=True):
    """Three ways to events."""

    by_day: Lists[DayKey] = {}
    by_source: Lists[Source] = {}
    guests: Lists[EventId] = {}

    def changed(self, gone: Mapping[EventId, Image], come: Mapping[EventId, Image]) -> "EventIndex":
        """Give the index after rows went and others came."""
        return EventIndex(
            _moved(self.by_day, _by_day(gone), _by_day(come)),
            _moved(self.by_source, _by_source(gone), _by_source(come)),
            _moved(self.guests, _by_host(gone), _by_host(come)),
        )


def _by_day(events: Mapping[EventId, Image]) -> Iterable[tuple[DayKey, EventId]]:
    return ((image.day, event) for event, image in events.items())


def _by_source(events: Mapping[EventId, Image]) -> Iterable[tuple[Source, EventId]]:
    return ((image.source, event) for event, image in events.items())


def _by_host(events: Mapping[EventId, Image]) -> Iterable[tuple[EventId, EventId]]:
    return ((image.place.host, event) for event, image in events.items() if image.place.host is not None)


def _moved(lists: Lists[Key], gone: Iterable[tuple[Key, EventId]], come: Iterable[tuple[Key, EventId]]) -> Lists[Key]:
    out: dict[Key, set[EventId]] = {}
    into: dict[Key, list[EventId]] = {}
    for key, event in gone:
        out.setdefault(key, set()).add(event)
    for key, event in come:
        into.setdefault(key, []).append(event)
    if not out and not into:
        return lists
    changed = dict(lists)
    for key in out.keys() | into.keys():
        left = [event for event in lists.get(key, ()) if event not in out.get(key, ())]
        changed[key] = (*left, *into.get(key, ()))
    return changed
