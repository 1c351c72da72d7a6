"""A change set in the making: rows as they will be, the steps that lead there, and what follows from them by itself."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Op
from smartflow.client.schedule.place import Guests, Place, Source
from smartflow.client.schedule.violation import Violation
from smartflow.services.schedule.timetable.image import Image, Step
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.kernel.ids import ClassId, CourseId, EventId


class Outcome(Struct, frozen=True):
    """What a change set comes to: both states, the journal's steps, and what could not even be tried.

    `blame` says which change of the set each touched event answers to; `edited` names classes with new rules, `courses`
    courses with such.
    """

    before: ScheduleState
    after: ScheduleState
    steps: tuple[Step, ...]
    problems: tuple[Violation, ...] = ()
    blame: Mapping[EventId, int] = {}
    edited: tuple[ClassId, ...] = ()
    courses: tuple[CourseId, ...] = ()


class Draft:
    """Collects steps upon a state. `leave_guests` and `close_courses` add what the person did not have to say."""

    def __init__(self, state: ScheduleState) -> None:
        self.state = state
        self.steps: list[Step] = []
        self.blame: dict[EventId, int] = {}
        self.problems: list[Violation] = []
        self._rows: dict[EventId, Image | None] = {}
        self._hidden: dict[Source, None] = {}
        self._restored: dict[Source, None] = {}
        self._guests: dict[EventId, Guests] = {}
        self._lost: set[EventId] = set()

    def row(self, event: EventId) -> Image | None:
        """Give a row as the draft has it by now."""
        return self._rows[event] if event in self._rows else self.state.events.get(event)

    def put(self, op: Op, event: EventId, after: Image | None, *, index: int) -> None:
        """Give a row another content, or take it away; what changes nothing is no step."""
        before = self.row(event)
        self.blame.setdefault(event, index)
        known = after or before
        if known is not None and before != after:
            self.steps.append(Step(op, known.source, event, before, after))
            self._rows[event] = after

    def remove(self, event: EventId, guest: Guests, *, index: int) -> None:
        """Take a row away, and note what shall become of its guests."""
        self._guests[event] = guest
        self.put("remove", event, None, index=index)

    def lose(self, event: EventId) -> None:
        """Take a row that cannot go where it should out of the judgement; this is no step."""
        self._rows[event] = None
        self._lost.add(event)

    def hide(self, source: Source) -> None:
        """Take a source out of sight."""
        self._hidden[source] = None
        self.steps.append(Step("hide", source))

    def restore(self, source: Source) -> None:
        """Bring a source back into sight."""
        self._restored[source] = None
        self.steps.append(Step("restore", source))

    def housed(self, was: Image, reported: Image) -> Image:
        """Settle whose guest a reported block is: history is nobody's; what counts again is that of the filler in which it lies."""
        if was.stands == reported.stands or not reported.source.is_work:
            return reported
        near = [*self.state.on(reported.day), *self._rows] if reported.stands else []
        host = min((event for event in near if self._takes(event, reported)), default=None)
        return replace(reported, place=replace(reported.place, host=host))

    def leave_guests(self, spoken_for: AbstractSet[EventId]) -> None:
        """Let guests follow a host that moves away; where it goes or does not take place, they stand alone or go too.

        One that is still inside its host stays where it is. Guests that are `spoken_for` are left to what was said of
        them. What is done with stays behind.
        """
        for host in [event for event in self._rows if self.state.guests(event) and event not in self._lost]:
            for guest in self.state.guests(host):
                if guest not in spoken_for:
                    self._leave_guest(host, guest)

    def close_courses(self) -> None:
        """Hide courses that lose their last meeting."""
        gone = [self.state.events[event].source for event, row in self._rows.items() if row is None and event in self.state.events]
        kept = {row.source for row in self._rows.values() if row is not None}
        for source in dict.fromkeys(source for source in gone if source.type == "course"):
            emptied = all(self.row(event) is None for event in self.state.of(source)) and source not in kept
            known = self.state.facts.courses.get(CourseId(source.id))
            if emptied and known is not None and not known.hidden and source not in self._hidden:
                self.hide(source)

    def outcome(self, edited: tuple[ClassId, ...] = ()) -> Outcome:
        """Close the draft."""
        facts = self.state.facts
        if self._hidden or self._restored:
            facts = facts.hiding(self._hidden).restoring(self._restored)
        after = self.state.with_events(self._rows).with_facts(facts)
        return Outcome(self.state, after, tuple(self.steps), tuple(self.problems), self.blame, edited)

    def _takes(self, event: EventId, guest: Image) -> bool:
        meeting = self.row(event)
        course = None if meeting is None or meeting.source.is_work else self.state.facts.courses.get(CourseId(meeting.source.id))
        return meeting is not None and course is not None and course.is_filler and _hosts(meeting, guest)

    def _leave_guest(self, host: EventId, guest: EventId) -> None:
        meeting, row, index = self.row(host), self.row(guest), self.blame.get(host, -1)
        if row is None or row.place.host != host:
            return
        if meeting is not None and _hosts(meeting, row):
            return
        if meeting is None and self._guests.get(host) == "remove":
            self.put("remove", guest, None, index=index)
        elif meeting is None or not meeting.stands or row.state != "live":
            self.put("move", guest, replace(row, place=replace(row.place, host=None)), index=index)
        else:
            followed = _follow(row, self.state.events[host], meeting)
            # One for which the host became too short is left outside of it, where the judge finds it.
            self.put("move", guest, followed if _hosts(meeting, followed) else row, index=index)


def _hosts(meeting: Image, guest: Image) -> bool:
    return meeting.stands and meeting.term == guest.term and meeting.place.slot.holds(guest.place.slot)


def _follow(guest: Image, was: Image, meeting: Image) -> Image:
    """Keep a guest where it is inside its host."""
    shift, to = meeting.place.first - was.place.first, meeting.place
    place = Place(to.week, to.day, guest.place.first + shift, guest.place.last + shift, guest.place.host)
    return replace(guest, term=meeting.term, place=place)
