"""The journal as it is written and shown."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import ChangeNotFound, Kind
from smartflow.client.schedule.place import Nominal, Place, Source
from smartflow.services.schedule.timetable import journal
from smartflow.services.schedule.timetable.image import Image, Step
from smartflow.services.schedule.timetable.journal import Recorded
from smartflow.shared.kernel.call import Actor
from smartflow.shared.kernel.ids import ChangeId, EventId, TermId
from smartflow.shared.kernel.refusal import InvalidInput
from tests.kit.timetable import AUTUMN, Owner, Room

WORK = Source("task_item", 7)


async def test_each_change_set_raises_the_version_by_one_and_is_told(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    first = await record(ming, "import", meeting(term, course, 3))
    second = await record(ming, "change_set", moved(term, course, 3, 9))

    assert await timetable.timetable.version(ming.call) == 2
    told = await ming.told()
    assert [(each.change_set_id, each.version, each.change, each.weeks, each.sources, each.more) for each in told] == [
        (first, 1, "import", (3,), (course,), False),
        (second, 2, "change_set", (3, 9), (course,), False),
    ]


async def test_the_event_names_the_first_500_sources_and_says_that_there_are_more(ming: Owner) -> None:
    await record(ming, "plan", *(Step("hide", Source("task_pool", number)) for number in range(1, 502)))

    told = (await ming.told())[0]

    assert (len(told.sources), told.more) == (500, True)


async def test_change_sets_are_listed_newest_first_in_pages(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    ids = [await record(ming, "change_set", meeting(term, course, week)) for week in range(1, 6)]

    first = await timetable.timetable.changes(ming.call, limit=2)
    second = await timetable.timetable.changes(ming.call, cursor=first.next_cursor, limit=2)
    last = await timetable.timetable.changes(ming.call, cursor=second.next_cursor, limit=2)

    assert [[each.id for each in page.entries] for page in (first, second, last)] == [ids[:2:-1], ids[2:0:-1], ids[:1]]
    assert last.next_cursor is None
    entry = first.entries[0]
    assert (entry.kind, entry.origin, entry.version_before, entry.version_after) == ("change_set", Actor.ASSISTANT, 4, 5)
    assert (entry.added, entry.moved, entry.removed, entry.undoable, entry.diff) == (1, 0, 0, True, ())


async def test_what_has_no_entries_is_not_listed_unless_it_is_a_terms(timetable: Room, ming: Owner) -> None:
    kinds: tuple[Kind, ...] = ("course", "task_class", "calendar", "term")
    ids = {kind: await record(ming, kind) for kind in kinds}

    listed = await timetable.timetable.changes(ming.call)

    assert [(each.id, each.undoable) for each in listed.entries] == [(ids["term"], False)]
    assert not (await timetable.timetable.change_of(ming.call, ids["course"])).undoable


async def test_a_change_set_that_was_taken_back_says_by_which(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    done = await record(ming, "change_set", meeting(term, course, 3))
    undone = await record(ming, "undo", meeting(term, course, 3).inverse, undo_of=done)

    entries = {each.id: each for each in (await timetable.timetable.changes(ming.call)).entries}

    assert (entries[done].undone_by, entries[done].undoable) == (undone, False)
    assert (entries[undone].undo_of, entries[undone].undone_by, entries[undone].undoable) == (done, None, True)


async def test_a_change_set_is_shown_with_both_sides_of_every_block(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    task = await ming.task("Lab report")
    placed = Step("add", task, EventId(12), None, Image(term, task, Place(2, 1, 1, 2, EventId(11)), source_version=1))
    done = await record(ming, "change_set", moved(term, course, 3, 9), placed, Step("hide", WORK), note="Make room")

    shown = await timetable.timetable.change_of(ming.call, done)

    assert shown.note == "Make room"
    assert [(each.op, each.name, each.source) for each in shown.diff] == [
        ("move", "Algebra", course),
        ("add", "Lab report", task),
        ("hide", "", WORK),
    ]
    move, add, hide = shown.diff
    assert move.before is not None
    assert move.after is not None
    assert (move.before.place, move.before.starts_at) == (Place(3, 1, 1, 2), datetime(2026, 9, 21, 0, 0, tzinfo=UTC))
    assert (move.after.place, move.after.ends_at) == (Place(9, 1, 1, 2), datetime(2026, 11, 2, 1, 40, tzinfo=UTC))
    assert (add.before, add.after and add.after.place.host) == (None, 11)
    assert (hide.before, hide.after) == (None, None)


async def test_a_place_that_the_term_has_no_more_is_shown_all_the_same(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    done = await record(ming, "change_set", moved(term, course, 3, 18))
    await timetable.timetable.set_term(ming.call, replace(AUTUMN, last_day=date(2026, 12, 31)))

    after = (await timetable.timetable.change_of(ming.call, done)).diff[0].after

    assert after is not None
    assert after.starts_at == datetime(2027, 1, 4, 0, 0, tzinfo=UTC)


async def test_steps_come_back_as_they_were_written(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    steps = (meeting(term, course, 3), moved(term, course, 3, 9), Step("restore", WORK))
    done = await record(ming, "change_set", *steps)

    async with timetable.ground.database.read() as reader:
        found = await journal.found(reader, ming.id, done)

    assert found is not None
    assert found[1] == steps


async def test_another_persons_change_set_is_unknown(timetable: Room, ming: Owner) -> None:
    done = await record(timetable.someone(), "term")

    for change_id in (done, ChangeId(4711)):
        with pytest.raises(ChangeNotFound):
            await timetable.timetable.change_of(ming.call, change_id)
    assert (await timetable.timetable.changes(ming.call)).entries == ()


@pytest.mark.parametrize("cursor", ["", "-1", "x", "٣", "1" * 19])
async def test_a_cursor_that_is_none_of_ours_is_refused(timetable: Room, ming: Owner, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await timetable.timetable.changes(ming.call, cursor=cursor)


async def course_of(ming: Owner):
    term = await ming.term()
    return term, await ming.course(term, "Algebra")


async def record(ming: Owner, kind: Kind, *steps: Step, **more) -> ChangeId:
    async with ming.room.ground.database.work() as unit:
        version = await journal.lock_version(unit, ming.id)
        return await journal.record(unit, ming.id, Recorded(kind, Actor.ASSISTANT, steps, **more), version=version)


def image(term: TermId, course: Source, week: int) -> Image:
    return Image(term, course, Place(week, 1, 1, 2), nominal=Nominal(3, 1, 1))


def meeting(term: TermId, course: Source, week: int) -> Step:
    return Step("add", course, EventId(11), None, image(term, course, week))


def moved(term: TermId, course: Source, week: int, to: int) -> Step:
    return Step("move", course, EventId(11), image(term, course, week), image(term, course, to))
