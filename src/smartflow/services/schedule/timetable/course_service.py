"""The use cases of courses: importing, changing, deleting."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, UnsetType
from msgspec.structs import replace
from sqlalchemy import and_, select, update

from smartflow.client.schedule.change import ChangeResult, ChangeSet, Hide
from smartflow.client.schedule.course import (
    MAX_MEETINGS,
    SHOWN_CLASHES,
    Clash,
    Clashes,
    Course,
    CourseDraft,
    CourseImport,
    CourseImported,
    CourseNotFound,
    CoursePatch,
    MeetsCourse,
)
from smartflow.client.schedule.place import Guests, Source
from smartflow.client.schedule.violation import HostTaken, PlaceOccupied, Violation, ranked
from smartflow.client.task import Task
from smartflow.services.schedule.timetable import importing, journal, names, repository, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.changes import Purpose, Seen, task_facts
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.importing import Import
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.tables import courses
from smartflow.services.schedule.timetable.term_setting import carry_out, consider
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.calendar.weeks import weeks_of
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import CourseId, OwnerId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput


class _Rehearsed(Exception):  # noqa: N818 - ends a dry run, whose unit must not commit
    def __init__(self, result: CourseImported) -> None:
        super().__init__("rehearsed")
        self.result = result


class _Judged(Struct, frozen=True):
    """An import that was worked out, and what the judge says of it."""

    made: Import
    outcome: Outcome
    violations: tuple[Violation, ...]
    clashes: list[Clash]


class CourseService(Room):
    """Takes courses over, changes them, takes them away."""

    async def check_course(self, call: Call, course: CourseDraft) -> None:
        """Hold a course against the current term; nothing is stored.

        Raises:
            InvalidInput: It breaks rules.
            MeetsCourse: It meets courses, and nothing else.
            PlaceOccupied: It meets other blocks.
        """
        found = await self.import_courses(call, CourseImport((course,), dry_run=True))
        if found.clashes:
            self._refuse_clashes(list(found.clashes), found.clashes_total)

    async def import_courses(self, call: Call, courses: CourseImport) -> CourseImported:
        """Take courses over, whole or not at all.

        Raises:
            InvalidInput: They break rules.
            TermNotFound: The owner has no such term.
            TermDropsBlocks: The term to adopt has no room for blocks.
            MeetsCourse: They meet courses, and nothing else.
            PlaceOccupied: They meet other blocks.
        """
        if sum(len(weeks_of([each.weeks])) for course in courses.courses for each in course.arrangements) > MAX_MEETINGS:
            raise InvalidInput([FieldError("courses", "max", facts={"limit": MAX_MEETINGS})])
        known = await self._desk.known_tasks(call)
        if courses.dry_run:
            return await self._rehearse(call, courses, known)
        async with self._database.work(call) as unit:
            return unit.answer(await self._import(unit, call, courses, known))

    async def change_course(self, call: Call, course_id: CourseId, patch: CoursePatch) -> Course:
        """Change what a course is called, where it meets, and whether it takes guests.

        Raises:
            CourseNotFound: The owner has no such course.
            HostTaken: It has guests and may not stop to take them.
        """
        async with self._database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            own = await terms.load(unit, call.owner, call.zone)
            before = await _shown(unit, call.owner, own, course_id)
            state = await rows.load(unit, call.owner, own)
            hosting = any(state.guests(event) for event in state.of(Source.course(course_id)))
            if patch.is_filler is False and before.is_filler and hosting:
                raise HostTaken
            given = (patch.name, patch.location, patch.teacher, patch.is_filler, patch.attention_left)
            columns = ("name", "location", "teacher", "is_filler", "attention_left")
            values = {name: value for name, value in zip(columns, given, strict=True) if not isinstance(value, UnsetType)}
            mine = and_(courses.c.user_id == call.owner, courses.c.id == course_id)
            await unit.run(update(courses).where(mine).values(**values, updated_at=unit.now))
            await journal.record(
                unit, call.owner, journal.Recorded("course", call.actor, sources=(Source.course(course_id),)), version=version
            )
            return unit.answer(await _shown(unit, call.owner, own, course_id))

    async def delete_course(self, call: Call, course_id: CourseId, *, guests: Guests = "keep") -> ChangeResult:
        """Hide a course, its meetings with it.

        Raises:
            CourseNotFound: The owner has no such course.
        """
        changes = ChangeSet((Hide(Source.course(course_id), guests),))
        return await self._desk.write(call, lambda _: changes, Purpose("course"), await self._desk.known_tasks(call))

    async def _rehearse(self, call: Call, courses: CourseImport, known: Sequence[Task]) -> CourseImported:
        """Do it all, and leave the unit by an exception: nothing commits."""
        try:
            async with self._database.work() as unit:
                raise _Rehearsed(await self._import(unit, call, courses, known))  # noqa: TRY301 - the way out of the unit
        except _Rehearsed as rehearsed:
            return rehearsed.result

    async def _import(self, unit: Unit, call: Call, wanted: CourseImport, known: Sequence[Task]) -> CourseImported:
        version = await journal.lock_version(unit, call.owner)
        if wanted.adopt is not None:
            setting = await consider(unit, call, wanted.adopt, wanted.term, tasks=map(task_facts, known))
            drops = setting.refusal({})
            if drops is not None:
                raise drops
            if not setting.changes_nothing:
                await carry_out(unit, call.owner, setting)
        own = await terms.stored(unit, call.owner, call.zone)
        judged = await self._judge(unit, call, own, wanted, known)
        if judged.clashes and not wanted.dry_run:
            self._refuse_clashes(judged.clashes, len(judged.clashes))
        no = None if judged.clashes else refusal(judged.violations)
        if no is not None:
            raise no
        if judged.clashes:
            return await self._told(
                unit, call, wanted, judged, ChangeResult(None, dry_run=True, base_version=version, schedule_version=version)
            )
        result = await self._desk.record(unit, call, judged.outcome, Purpose("import"), Seen(version, known, judged.violations))
        if result.change_id is None and wanted.adopt is not None:
            await journal.record(unit, call.owner, journal.Recorded("import", call.actor), version=version)
            result = replace(result, schedule_version=version + 1)
        return await self._told(unit, call, wanted, judged, result)

    async def _judge(self, unit: Unit, call: Call, own: Terms, wanted: CourseImport, known: Sequence[Task]) -> _Judged:
        term = own.chosen(wanted.term)
        if term.id is None:
            raise CourseNotFound
        ids = await _courses(unit, call.owner, int(term.id), wanted)
        state = await rows.load(unit, call.owner, replace(own, current=term), map(task_facts, known))
        mine = [CourseId(each.id) for each in await repository.courses_of(unit, call.owner, term.id)]
        made = importing.import_of(state, wanted, importing.meetings_of(wanted.courses, ids), {*mine, *ids})
        outcome = apply(state, made.changes)
        found = ranked(judge(outcome))
        return _Judged(made, outcome, found, importing.clashes_of(found, made))

    async def _told(self, unit: Unit, call: Call, wanted: CourseImport, judged: _Judged, result: ChangeResult) -> CourseImported:
        called = await names.load(unit, call.owner, {each.entry.source for each in judged.clashes if each.entry.source is not None})
        shown = tuple(
            replace(each, entry=replace(each.entry, name=called.get(each.entry.source, "") if each.entry.source else ""))
            for each in judged.clashes[:SHOWN_CLASHES]
        )
        moved = tuple(each for each in result.diff if each.op == "move" and each.source.is_work)
        return CourseImported(
            dry_run=wanted.dry_run,
            courses=len(wanted.courses),
            added=sum(each.op == "add" for each in judged.outcome.steps),
            removed=sum(each.op == "remove" and each.source.type == "course" for each in judged.outcome.steps),
            unchanged=judged.made.unchanged,
            change_id=None if wanted.dry_run else result.change_id,
            schedule_version=result.base_version if wanted.dry_run else result.schedule_version,
            guests_moved=moved,
            diff=result.diff if wanted.dry_run else (),
            clashes=shown,
            clashes_total=len(judged.clashes),
        )

    def _refuse_clashes(self, clashes: Sequence[Clash], total: int) -> None:
        details = Clashes(tuple(clashes[:SHOWN_CLASHES]), total)
        raise MeetsCourse(details) if importing.course_only(clashes) else PlaceOccupied(details)


async def _courses(unit: Unit, owner: OwnerId, term: int, wanted: CourseImport) -> list[CourseId]:
    """Find each course by name and location, or make it; a stored one keeps whether it takes guests."""
    shown = and_(courses.c.user_id == owner, courses.c.term_id == term, courses.c.hidden_at.is_(None))
    found: dict[tuple[str, str], Any] = {(row.name, row.location): row for row in await unit.all(select(courses).where(shown))}
    ids: list[CourseId] = []
    for draft in wanted.courses:
        row = found.get((draft.name, draft.location))
        if row is None:
            ids.append(CourseId(await unit.insert(courses, {"user_id": owner, "term_id": term, **_values(unit, draft)})))
            continue
        ids.append(CourseId(row.id))
        if draft.teacher and draft.teacher != row.teacher:
            mine = and_(courses.c.user_id == owner, courses.c.id == row.id)
            await unit.run(update(courses).where(mine).values(teacher=draft.teacher, updated_at=unit.now))
    return ids


def _values(unit: Unit, draft: CourseDraft) -> Mapping[str, Any]:
    return {
        "name": draft.name,
        "location": draft.location,
        "teacher": draft.teacher,
        "is_filler": draft.is_filler,
        "attention_left": draft.attention_left,
        "created_at": unit.now,
        "updated_at": unit.now,
    }


async def _shown(unit: Unit, owner: OwnerId, own: Terms, course_id: CourseId) -> Course:
    for view in own.stored:
        if view.id is not None:
            for course in await repository.courses_of(unit, owner, view.id):
                if course.id == course_id:
                    return course
    raise CourseNotFound
