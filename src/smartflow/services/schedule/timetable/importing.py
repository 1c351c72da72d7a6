"""Taking courses over: which meetings come, which go, which stay, and what becomes of guests. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Change, ChangeSet, Move, Remove, added_by
from smartflow.client.schedule.course import Clash, CourseDraft, CourseImport, ImportMode, Incoming
from smartflow.client.schedule.place import Nominal, Place, Source
from smartflow.client.schedule.violation import Entry, Violation
from smartflow.services.schedule.timetable.image import Image
from smartflow.services.schedule.timetable.overrides import Timetable
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.shared.calendar.weeks import weeks_of
from smartflow.shared.kernel.ids import CourseId, EventId

CLASHING = frozenset({"occupied", "busy", "host_taken", "already_placed"})


class Meeting(Struct, frozen=True):
    """One meeting that comes in, and where in the request it stands; on a day that is off it is suspended."""

    course: CourseId
    nominal: Nominal
    place: Place
    incoming: Incoming
    suspended: bool = False

    @property
    def key(self) -> str:
        """What tells it from all other meetings of the owner."""
        return f"course:{self.course}:{self.nominal.week}:{self.nominal.day}:{self.nominal.first}"


class Import(Struct, frozen=True):
    """What an import comes to: the change set, and of each of its adds the meeting that it makes."""

    changes: ChangeSet
    meetings: Mapping[int, Meeting]
    unchanged: int


def meetings_of(drafts: Sequence[CourseDraft], ids: Sequence[CourseId], days: Timetable) -> list[Meeting]:
    """Spread courses into single meetings, each on the day on which it takes place."""
    return [
        _meeting(course_id, Place(week, each.day, each.first, each.last), Incoming(draft.name, number), days)
        for draft, course_id in zip(drafts, ids, strict=True)
        for number, each in enumerate(draft.arrangements)
        for week in sorted(weeks_of([each.weeks]))
    ]


def import_of(state: ScheduleState, wanted: CourseImport, meetings: Sequence[Meeting], term_courses: Iterable[CourseId]) -> Import:
    """Make the change set of an import in the current term of the state."""
    standing = {
        image.live_key: event
        for course in term_courses
        for event in state.of(Source.course(course))
        if (image := state.events[event]).live_key is not None
    }
    known = {meeting.key: meeting for meeting in meetings}
    kept = {key for key, meeting in known.items() if key in standing and _stays(state.events[standing[key]], meeting, wanted.mode)}
    gone = [event for key, event in standing.items() if wanted.mode == "replace_term" and key not in kept]
    fresh = [meeting for meeting in meetings if meeting.key not in kept]
    adds = [Add(Source.course(each.course), each.place, nominal=each.nominal, suspended=each.suspended) for each in fresh]
    removes: list[Change] = [Remove(event, "keep") for event in gone]
    guests = [change for event in gone for change in _guests(state, event, fresh, wanted)]
    changes = ChangeSet((*adds, *removes, *guests), term=state.facts.current)
    return Import(changes, dict(enumerate(fresh)), len(kept))


def clashes_of(found: Iterable[Violation], made: Import) -> list[Clash]:
    """Name what incoming meetings would meet, or repeat; what one does both to is named once."""
    clashes: dict[tuple[int, Entry], Clash] = {}
    for violation in found:
        if violation.severity == "error" and violation.code in CLASHING:
            meeting = made.meetings.get(violation.index)
            incoming = None if meeting is None else meeting.incoming
            for entry in violation.collides_with:
                clashes[violation.index, entry] = Clash(replace(entry, id=0) if entry.kind == "change" else entry, incoming)
    return list(clashes.values())


def course_only(clashes: Sequence[Clash]) -> bool:
    """Tell whether an import meets courses and nothing else."""
    return all(each.entry.source is not None and each.entry.source.type == "course" for each in clashes)


def _meeting(course: CourseId, place: Place, incoming: Incoming, days: Timetable) -> Meeting:
    nominal = Nominal(place.week, place.day, place.first)
    on = days.day_of(nominal)
    # What does not take place is shown where the timetable has it.
    week, day = on or (place.week, place.day)
    return Meeting(course, nominal, replace(place, week=week, day=day), incoming, suspended=on is None)


def _stays(row: Image, meeting: Meeting, mode: ImportMode) -> bool:
    """Tell whether a standing meeting is the one that comes in: a merge leaves it as a person moved it."""
    as_it_comes = row.place.slot == meeting.place.slot and (row.state == "suspended") == meeting.suspended
    return mode == "merge" or (mode == "replace_term" and as_it_comes)


def _meets(meeting: Meeting, row: Image) -> bool:
    return not meeting.suspended and meeting.place.slot.meets(row.place.slot)


def _guests(state: ScheduleState, host: EventId, fresh: Sequence[Meeting], wanted: CourseImport) -> Iterator[Change]:
    """Say what becomes of the guests of a meeting that goes: into the new host, on their own, or off."""
    for guest in state.guests(host):
        row = state.events[guest]
        if not row.stands:
            continue
        index = next((number for number, each in enumerate(fresh) if _meets(each, row)), None)
        if index is None:
            continue
        meeting = fresh[index]
        course = state.facts.courses.get(meeting.course)
        if course is not None and course.is_filler and meeting.place.slot.holds(row.place.slot):
            yield Move(guest, replace(row.place, host=added_by(index)))
        elif wanted.guests == "remove":
            yield Remove(guest)
