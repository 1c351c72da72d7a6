"""The use case that shows where a block could go."""

from collections.abc import Iterator, Sequence

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.change import Add, ChangeSet, Move
from smartflow.client.schedule.classes import ItemNotFound
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.term import TermView, WeekOutsideTerm
from smartflow.client.schedule.violation import EventNotFound, ranked
from smartflow.client.task import TaskNotFound
from smartflow.services.schedule.timetable import rows, terms
from smartflow.services.schedule.timetable.changes import task_facts
from smartflow.services.schedule.timetable.clashes import named_starts
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.validate import validate
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import CourseId, EventId, TermId


class StartService(Room):
    """Judges every place that a block could take."""

    async def starts(self, call: Call, block: EventId | Source, *, weeks: Sequence[int], term: TermId | None = None) -> tuple[Start, ...]:
        """Tell for every aligned place of these weeks whether a block could go there.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
            EventNotFound: The owner has no such block.
            ItemNotFound: The owner has no such item.
            TaskNotFound: The owner has no such task.
        """
        part = Part(term, sources=(block,)) if isinstance(block, Source) else Part(term, blocks=(block,))
        known = await self._desk.known_tasks(call, part)
        async with self._database.read() as reader:
            own = await terms.load(reader, call.owner, call.zone)
            view = own.chosen(term)
            state = await rows.load(reader, call.owner, own, map(task_facts, known), part)
            if any(not 1 <= week <= view.term.weeks for week in weeks):
                raise WeekOutsideTerm
            length = _length(state, block)
            found = [_start(state, view, block, place) for place in _places(state, view, weeks, length)]
            return await named_starts(reader, call.owner, found, known)


def _length(state: ScheduleState, block: EventId | Source) -> int:
    if not isinstance(block, Source):
        row = state.events.get(block)
        if row is None:
            raise EventNotFound
        return row.place.length
    if not state.facts.shown(block):
        raise TaskNotFound if block.type == "task_pool" else ItemNotFound if block.type == "task_item" else EventNotFound
    standing = state.standing(block)
    if standing:
        return state.events[standing[0]].place.length
    return max(1, state.left(block) or 0)


def _places(state: ScheduleState, view: TermView, weeks: Sequence[int], length: int) -> Iterator[Place]:
    """Give every aligned place, free ones first, and that inside each meeting that takes guests."""
    for week, day in view.term.days():
        if week not in weeks:
            continue
        hosts = [event for event in state.on((view.id or rows.UNSTORED, week, day)) if _takes_guests(state, event)]
        for first, last in view.term.table.places(length):
            inside = [host for host in hosts if state.events[host].place.first <= first and last <= state.events[host].place.last]
            yield Place(week, day, first, last, inside[0] if inside else None)


def _takes_guests(state: ScheduleState, event: EventId) -> bool:
    row = state.events[event]
    course = state.facts.courses.get(CourseId(row.source.id)) if row.source.type == "course" else None
    return row.stands and course is not None and course.is_filler


def _start(state: ScheduleState, view: TermView, block: EventId | Source, place: Place) -> Start:
    stands = not isinstance(block, Source) or bool(state.standing(block))
    change = Move(block, place) if stands or not isinstance(block, Source) else Add(block, place)
    return Start(place, None, ranked(validate(state, ChangeSet((change,), term=view.id))))
