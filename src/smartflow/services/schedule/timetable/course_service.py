"""The use cases of courses: importing, changing, deleting."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, UnsetType
from msgspec.structs import asdict, replace
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
from smartflow.client.schedule.violation import HostTaken, PlaceOccupied, Violation, Violations, shared_number
from smartflow.client.task import Task
from smartflow.services.schedule.timetable import importing, journal, repository, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.changes import Purpose, Seen, task_facts
from smartflow.services.schedule.timetable.clashes import judged
from smartflow.services.schedule.timetable.draft import Outcome
from smartflow.services.schedule.timetable.facts import CourseFacts
from smartflow.services.schedule.timetable.importing import Import
from smartflow.services.schedule.timetable.overrides import timetable
from smartflow.services.schedule.timetable.parts import Part
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.rehearsal import there
from smartflow.services.schedule.timetable.room import Room
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.tables import courses
from smartflow.services.schedule.timetable.term_setting import consider, set_in
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.calendar.weeks import weeks_of
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import CourseId, OwnerId, TermId
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
    edited: tuple[Source, ...]


class CourseService(Room):
    """Takes courses over, changes them, takes them away."""

    async def check_course(self, call: Call, course: CourseDraft, *, term: TermId | None = None) -> None:
        """Hold a course against a term; nothing is stored.

        Raises:
            InvalidInput: It breaks rules.
            TermNotFound: The owner has no such term.
            MeetsCourse: It meets courses, and nothing else.
            PlaceOccupied: It meets other blocks.
        """
        found = await self.import_courses(call, CourseImport((course,), term, dry_run=True))
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
            InvalidInput: Another course of the term is called so and meets there (`unique`).
            HostTaken: It has guests and may not stop to take them.
        """
        async with self._database.work(call) as unit:
            version = await journal.lock_version(unit, call.owner)
            before = await repository.course(unit, call.owner, course_id)
            if before is None:
                raise CourseNotFound
            given = {name: value for name, value in asdict(patch).items() if not isinstance(value, UnsetType)}
            after = replace(before, **given)
            if await repository.has_twin(unit, call.owner, after):
                raise InvalidInput([FieldError("course_name", "unique")])
            if after.is_filler != before.is_filler:
                await self._hold_guests(unit, call, after)
            if after != before:
                mine = and_(courses.c.user_id == call.owner, courses.c.id == course_id)
                await unit.run(update(courses).where(mine).values(**given, updated_at=unit.now))
                done = journal.Recorded("course", call.actor, sources=(Source.course(course_id),))
                await journal.record(unit, call.owner, done, version=version)
            return unit.answer(after)

    async def delete_course(self, call: Call, course_id: CourseId, *, guests: Guests = "keep") -> ChangeResult:
        """Hide a course, its meetings with it.

        Raises:
            CourseNotFound: The owner has no such course.
        """
        course = Source.course(course_id)

        def decide(state: ScheduleState) -> ChangeSet:
            if not state.facts.shown(course):
                raise CourseNotFound
            return ChangeSet((Hide(course, guests),))

        return await self._desk.write(call, decide, Purpose("course"), Part(sources=(course,)))

    async def _hold_guests(self, unit: Unit, call: Call, course: Course) -> None:
        """Hold the guests of a course to its new rules.

        Raises:
            HostTaken: It takes none any more, and has some.
        """
        own = await terms.load(unit, call.owner, call.zone)
        state = await rows.load(unit, call.owner, own, part=Part(course.term, sources=(Source.course(course.id),)))
        edited = state.with_facts(state.facts.with_course(CourseFacts(course.id, is_filler=course.is_filler)))
        found = await judged(unit, call.owner, Outcome(edited, edited, (), courses=(course.id,)), ())
        if shared_number(found) is not None:
            raise HostTaken(Violations(found))

    async def _rehearse(self, call: Call, courses: CourseImport, known: Sequence[Task]) -> CourseImported:
        """Do it all, and leave the unit by an exception: nothing commits."""
        try:
            async with self._database.work() as unit:
                before = await there(unit, call.owner)
                done = await self._import(unit, call, courses, known)
                shown = replace(done, diff=before.told(done.diff), guests_moved=before.told(done.guests_moved))
                raise _Rehearsed(shown)  # noqa: TRY301 - the way out of the unit
        except _Rehearsed as rehearsed:
            return rehearsed.result

    async def _import(self, unit: Unit, call: Call, wanted: CourseImport, known: Sequence[Task]) -> CourseImported:
        version = await journal.lock_version(unit, call.owner)
        adopted = await self._adopt(unit, call, wanted, known, version)
        own = await terms.stored(unit, call.owner, call.zone)
        judged = await self._judge(unit, call, own, wanted, known)
        if judged.clashes and not wanted.dry_run:
            self._refuse_clashes(judged.clashes, len(judged.clashes))
        no = None if judged.clashes else refusal(judged.violations)
        if no is not None:
            raise no
        if judged.clashes:
            return _told(wanted, judged, ChangeResult(None, dry_run=True, base_version=version, schedule_version=version))
        seen = Seen(adopted, known, judged.violations)
        if wanted.dry_run:
            shown = await self._desk.preview(unit, call.owner, judged.outcome, seen)
            return _told(wanted, judged, replace(shown, base_version=version))
        purpose = Purpose("import", edited=judged.edited, rows_only=bool(judged.edited))
        result = await self._desk.record(unit, call, judged.outcome, purpose, seen)
        return _told(wanted, judged, replace(result, base_version=version))

    async def _adopt(self, unit: Unit, call: Call, wanted: CourseImport, known: Sequence[Task], version: int) -> int:
        """Set the term that comes along first, which is a change set of its own; gives the version then.

        Raises:
            TermDropsBlocks: It has no room for blocks.
        """
        if wanted.adopt is None:
            return version
        setting = await consider(unit, call, wanted.adopt, wanted.term, tasks=map(task_facts, known))
        drops = setting.refusal({})
        if drops is not None:
            raise drops
        return version if setting.changes_nothing else (await set_in(unit, call, setting, version)).schedule_version

    async def _judge(self, unit: Unit, call: Call, own: Terms, wanted: CourseImport, known: Sequence[Task]) -> _Judged:
        term = own.chosen(wanted.term)
        if term.id is None:
            raise CourseNotFound
        ids, edited = await _courses(unit, call.owner, int(term.id), wanted)
        mine = [CourseId(each.id) for each in await repository.courses_of(unit, call.owner, term.id)]
        part = Part(term.id, sources=tuple(map(Source.course, {*mine, *ids})))
        state = await rows.load(unit, call.owner, replace(own, current=term), map(task_facts, known), part)
        days = timetable(term.term, await terms.overrides(unit, call.owner, term.id))
        made = importing.import_of(state, wanted, importing.meetings_of(wanted.courses, ids, days), {*mine, *ids})
        outcome = apply(state, made.changes)
        found = await judged(unit, call.owner, outcome, known)
        return _Judged(made, outcome, found, importing.clashes_of(found, made), edited)

    def _refuse_clashes(self, clashes: Sequence[Clash], total: int) -> None:
        details = Clashes(tuple(clashes[:SHOWN_CLASHES]), total)
        raise MeetsCourse(details) if importing.course_only(clashes) else PlaceOccupied(details)


def _told(wanted: CourseImport, judged: _Judged, result: ChangeResult) -> CourseImported:
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
        clashes=tuple(judged.clashes[:SHOWN_CLASHES]),
        clashes_total=len(judged.clashes),
    )


async def _courses(unit: Unit, owner: OwnerId, term: int, wanted: CourseImport) -> tuple[list[CourseId], tuple[Source, ...]]:
    """Find each course by name and location, or make it; a stored one keeps whether it takes guests.

    Gives their ids in the order of the drafts, and those whose rows are new or different.
    """
    shown = and_(courses.c.user_id == owner, courses.c.term_id == term, courses.c.hidden_at.is_(None))
    found: dict[tuple[str, str], Any] = {(row.name, row.location): row for row in await unit.all(select(courses).where(shown))}
    ids: list[CourseId] = []
    edited: list[Source] = []
    for draft in wanted.courses:
        row = found.get((draft.name, draft.location))
        if row is None:
            ids.append(CourseId(await unit.insert(courses, {"user_id": owner, "term_id": term, **_values(unit, draft)})))
            edited.append(Source.course(ids[-1]))
            continue
        ids.append(CourseId(row.id))
        if draft.teacher and draft.teacher != row.teacher:
            mine = and_(courses.c.user_id == owner, courses.c.id == row.id)
            await unit.run(update(courses).where(mine).values(teacher=draft.teacher, updated_at=unit.now))
            edited.append(Source.course(ids[-1]))
    return ids, tuple(edited)


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
