"""Importing courses: which change sets an import leaves, and what is told of them."""

from datetime import date

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.course import Arrangement, CourseDraft, CourseImport, CourseImported, ImportMode
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.term import DayOverride
from smartflow.shared.calendar.weeks import WeekRun
from tests.kit.timetable import AUTUMN, Owner

THURSDAYS = Arrangement(WeekRun(3, 4), 4, 1, 2)
ALGEBRA = CourseDraft("Algebra", "Room 1", (THURSDAYS,))
A_WEEK_LATER = replace(AUTUMN, first_monday=date(2026, 9, 14))


async def test_the_term_that_an_import_adopts_is_a_change_set_of_its_own(ming: Owner) -> None:
    await imports(ming, adopt=AUTUMN)
    off = DayOverride(date(2026, 10, 1), "off")  # W4D4, and W3D4 once the term begins a week later
    await ming.room.timetable.set_overrides(ming.call, [off])

    imported = await imports(ming, adopt=A_WEEK_LATER)

    newest = (await ming.room.timetable.changes(ming.call)).entries[0]
    assert (newest.kind, newest.undoable, newest.version_after) == ("term", False, imported.schedule_version)
    shown = await ming.room.timetable.change_of(ming.call, newest.id)
    assert [(each.op, each.after and (each.after.place.week, each.after.state)) for each in shown.diff] == [
        ("report", (3, "suspended")),
        ("report", (4, "live")),
    ]
    told = (await ming.told())[-1]
    assert (told.change, told.change_set_id, told.weeks) == ("term", newest.id, (3, 4))


async def test_an_adopted_term_is_set_before_the_courses_come(ming: Owner) -> None:
    imported = await imports(ming, adopt=AUTUMN)

    entries = (await ming.room.timetable.changes(ming.call)).entries
    assert [(each.kind, each.version_after) for each in entries] == [("import", 2), ("term", 1)]
    assert (imported.change_id, imported.schedule_version) == (entries[0].id, 2)


async def test_a_dry_run_that_would_adopt_a_term_names_the_version_that_is(ming: Owner) -> None:
    shown = await imports(ming, adopt=AUTUMN, dry_run=True)

    assert (shown.added, shown.schedule_version) == (2, 0)
    assert await ming.room.timetable.version(ming.call) == 0


@pytest.mark.parametrize("mode", ["merge", "replace_term"])
async def test_an_import_that_changes_nothing_makes_no_change_set(ming: Owner, mode: ImportMode) -> None:
    await imports(ming, adopt=AUTUMN)
    told = await ming.told()

    again = await imports(ming, adopt=AUTUMN, mode=mode)

    assert (again.unchanged, again.change_id, again.schedule_version) == (2, None, 2)
    assert await ming.room.timetable.version(ming.call) == 2
    assert await ming.told() == told


async def test_an_import_that_only_changes_a_teacher_raises_the_version_and_is_not_listed(ming: Owner) -> None:
    await imports(ming, adopt=AUTUMN)
    listed = await ming.room.timetable.changes(ming.call)

    changed = await imports(ming, replace(ALGEBRA, teacher="Li"))

    assert (changed.unchanged, changed.schedule_version) == (2, 3)
    assert await ming.room.timetable.version(ming.call) == 3
    assert await ming.room.timetable.changes(ming.call) == listed
    (course,) = await ming.room.timetable.courses(ming.call)
    told = (await ming.told())[-1]
    assert (told.change, told.version, told.weeks, told.sources) == ("import", 3, (), (Source.course(course.id),))


async def imports(ming: Owner, *drafts: CourseDraft, **more) -> CourseImported:
    return await ming.room.timetable.import_courses(ming.call, CourseImport(drafts or (ALGEBRA,), **{"mode": "merge", **more}))
