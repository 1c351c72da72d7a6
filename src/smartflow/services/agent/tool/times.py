"""The person's words of time, read and said back: by code alone, with the weekday, in the person's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from smartflow.services.agent.tool.results import Said, TimeKind, TimeRead
from smartflow.services.agent.tool.tool import Scene
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.reading import (
    DayReading,
    DeadlineReading,
    DurationReading,
    Fault,
    InstantReading,
    IntervalReading,
    Reading,
    RecurrenceReading,
    SectionsReading,
    end_of,
    start_of,
)
from smartflow.shared.timetext.resolve import resolve
from smartflow.shared.timetext.say import say

_KINDS: dict[type[Reading], TimeKind] = {
    InstantReading: "instant",
    DayReading: "day",
    IntervalReading: "interval",
    DeadlineReading: "deadline",
    RecurrenceReading: "recurrence",
    DurationReading: "duration",
    SectionsReading: "sections",
}


class Window(Struct, frozen=True):
    """A stretch of time that was asked for, and how it is said back."""

    start: datetime
    end: datetime
    said: Said


def readings(words: str, scene: Scene) -> tuple[TimeRead, ...]:
    """Read a time, the likelier reading first; nothing if it cannot be read."""
    found = []
    for reading in _read(words, scene):
        start = start_of(reading)
        if start is not None:
            found.append(TimeRead(_KINDS[type(reading)], start, end_of(reading), _said(reading, scene.now, scene.call.zone)))
    return tuple(found)


def deadline(words: str, scene: Scene) -> datetime | None:
    """Read a deadline: a day counts until it ends, a stretch until its end, a moment is the moment."""
    for reading in _read(words, scene):
        match reading:
            case DeadlineReading(at=at) | InstantReading(at=at):
                return at
            case DayReading(end=end):
                return end
            case IntervalReading(start=start, end=end):
                return end or start
            case _:
                continue
    return None


def window(words: str, scene: Scene) -> Window | None:
    """Read a stretch of time: of a deadline, from now until it."""
    for reading in _read(words, scene):
        said = _said(reading, scene.now, scene.call.zone)
        match reading:
            case DeadlineReading(at=at, since=since):
                return Window(since or scene.now, at, said)
            case DayReading(start=start, end=end):
                return Window(start, end, said)
            case IntervalReading(start=start, end=end) if end is not None:
                return Window(start, end, said)
            case _:
                continue
    return None


def said_deadline(due: datetime, now: datetime, zone: str) -> Said:
    """Say a deadline; one at midnight is the end of the day before."""
    return _said(DeadlineReading(due), now, zone)


def said_span(start: datetime, end: datetime, now: datetime, zone: str) -> Said:
    """Say a stretch of time."""
    return _said(IntervalReading(start, end), now, zone)


def local(instant: datetime | None, zone: str) -> str | None:
    """Write an instant in the person's zone, with its offset."""
    return None if instant is None else instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _read(words: str, scene: Scene) -> list[Reading]:
    spans = parse(words)
    if not spans:
        return []
    longest = max(spans, key=lambda span: span.end - span.start)
    found = resolve(longest.ir, scene.now, scene.call.zone, scene.term.term)
    return [reading for reading in found if not isinstance(reading, Fault)]


def _said(reading: Reading, now: datetime, zone: str) -> Said:
    return Said(say(reading, "zh", zone, now), say(reading, "en", zone, now))
