"""INV-8 and INV-9: nothing is placed twice, and everything placed is of something."""

from collections.abc import Iterator

from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.case import Case
from smartflow.shared.kernel.ids import EventId


def placed_once(case: Case) -> Iterator[Violation]:
    """Find second placements of an item or task, and second meetings of a course at one nominal place."""
    for source in dict.fromkeys(case.row(event).source for event in (*case.fresh, *case.laid)):
        keys: dict[str, list[EventId]] = {}
        for event in case.after.of(source):
            key = case.row(event).live_key
            if key is not None:
                keys.setdefault(key, []).append(event)
        for events in keys.values():
            yield from _twice(case, events)


def sources(case: Case) -> Iterator[Violation]:
    """Find blocks of what does not exist, or is hidden."""
    for event in dict.fromkeys((*case.fresh, *case.laid)):
        source = case.row(event).source
        if source.type == "task_class" or not case.after.facts.shown(source):
            yield case.breaks(event, "source_missing")


def _twice(case: Case, events: list[EventId]) -> Iterator[Violation]:
    if len(events) == 1:
        return
    for event in events:
        if event in case.touched:
            yield case.breaks(event, "already_placed", tuple(other for other in events if other != event))
