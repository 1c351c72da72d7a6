"""The timetable as it is shown: days and weeks, what is now, what was done, where things stand."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from smartflow.client.schedule.block import Block, Current, Week
from smartflow.client.schedule.place import Place, Source
from smartflow.services.schedule.timetable.tables import courses
from smartflow.shared.kernel.codec import pack, unpack
from tests.kit.timetable import AUTUMN, SPRING, Owner, Room


async def test_a_meeting_is_shown_with_its_course_its_date_and_its_times(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    course = await ming.course(term, "Algebra", location="B 12")
    event = await ming.event(term, course, Place(2, 3, 3, 4))

    week = await timetable.timetable.week(ming.call, 2, empty=False)

    assert (week.term, week.week, week.weeks, week.start, week.end) == (term, 2, 18, date(2026, 9, 14), date(2026, 9, 20))
    assert week.blocks == (
        Block(
            event=event,
            term=term,
            place=Place(2, 3, 3, 4),
            order=1,
            date=date(2026, 9, 16),
            starts=time(10, 15),
            ends=time(11, 55),
            starts_at=datetime(2026, 9, 16, 2, 15, tzinfo=UTC),
            ends_at=datetime(2026, 9, 16, 3, 55, tzinfo=UTC),
            kind="course",
            name="Algebra",
            location="B 12",
            source=course,
        ),
    )
    assert unpack(pack(week), Week) == week


async def test_a_host_is_cut_where_its_guests_begin_and_end(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    course, task, task_class = await ming.course(term, filler=True), await ming.task("Lab report"), await ming.task_class()
    item = await ming.item(task_class, "Chapter 7")
    host = await ming.event(term, course, Place(2, 1, 1, 6))
    first = await ming.event(term, item, Place(2, 1, 1, 2, host), pinned=True)
    second = await ming.event(term, task, Place(2, 1, 4, 5, host), state="done", done_sections=2)

    week = await timetable.timetable.week(ming.call, empty=False)

    assert [(each.event, each.order, each.place.first, each.place.last, each.takes_guests) for each in week.blocks] == [
        (host, 1, 1, 2, False),
        (host, 2, 3, 3, True),
        (host, 3, 4, 5, False),
        (host, 4, 6, 6, True),
    ]
    guests = [each.guest for each in week.blocks if each.guest is not None]
    assert [(each.event, each.source, each.name, each.state, each.done_sections, each.pinned) for each in guests] == [
        (first, item, "Chapter 7", "live", 0, True),
        (second, task, "Lab report", "done", 2, False),
    ]
    assert [each.starts for each in week.blocks] == [time(8, 0), time(10, 15), time(11, 10), time(14, 55)]


async def test_items_and_tasks_are_shown_with_what_they_are_called(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    task_class, task = await ming.task_class(), await ming.task("Lab report")
    await ming.event(term, await ming.item(task_class, "Chapter 7"), Place(2, 1, 1, 2), pinned=True)
    await ming.event(term, task, Place(2, 1, 3, 4))
    await ming.event(term, Source("task_pool", 4711), Place(2, 1, 5, 6))

    day = (await timetable.timetable.today(ming.call))[0]

    assert [(each.kind, each.name, each.task_class, each.pinned) for each in day.blocks] == [
        ("task", "Chapter 7", task_class.id, True),
        ("task", "Lab report", None, False),
        ("task", "", None, False),  # deleted a moment ago: its title is shown no more
    ]


@pytest.mark.parametrize(
    ("state", "status"),
    [("live", "normal"), ("done", "normal"), ("partly", "interrupted"), ("skipped", "interrupted"), ("suspended", "interrupted")],
)
async def test_what_did_not_take_place_as_it_should_is_interrupted(timetable: Room, ming: Owner, state: str, status: str) -> None:
    term = await ming.term()
    course = await ming.course(term, filler=True)
    await ming.event(term, course, Place(2, 1, 1, 2), state=state)

    block = (await timetable.timetable.week(ming.call, empty=False)).blocks[0]

    assert (block.state, block.status, block.takes_guests) == (state, status, status == "normal")


async def test_empty_stretches_are_shown_per_section_run_when_asked(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    await ming.event(term, await ming.course(term), Place(2, 1, 3, 6))

    week = await timetable.timetable.week(ming.call)

    monday = [each for each in week.blocks if each.place.day == 1]
    assert [(each.order, each.kind, each.event, each.place.first, each.place.last) for each in monday] == [
        (1, "empty", 0, 1, 2),
        (2, "course", monday[1].event, 3, 6),
        (3, "empty", 0, 7, 8),
        (4, "empty", 0, 9, 12),
    ]
    tuesday = [(each.place.first, each.place.last, each.source) for each in week.blocks if each.place.day == 2]
    assert tuesday == [(1, 4, None), (5, 8, None), (9, 12, None)]


async def test_a_short_last_week_ends_with_the_term(timetable: Room, ming: Owner) -> None:
    await ming.term(replace(AUTUMN, last_day=date(2027, 1, 6)))

    week = await timetable.timetable.week(ming.call, 18)

    assert (week.start, week.end, week.weeks) == (date(2027, 1, 4), date(2027, 1, 6), 18)
    assert {each.place.day for each in week.blocks} == {1, 2, 3}


@pytest.mark.parametrize(
    ("now", "week", "today"),
    [
        (datetime(2026, 9, 6, 15, 59, tzinfo=UTC), 1, ()),  # the last minute before the term
        (datetime(2026, 9, 6, 16, 0, tzinfo=UTC), 1, ((1, 1),)),  # the first Monday begins
        (datetime(2027, 1, 10, 15, 59, tzinfo=UTC), 18, ((18, 7),)),  # the last day ends
        (datetime(2027, 1, 10, 16, 0, tzinfo=UTC), 18, ()),  # after it: the nearest week
    ],
)
async def test_week_nought_is_this_one_or_the_terms_nearest(
    timetable: Room, ming: Owner, now: datetime, week: int, today: tuple[tuple[int, int], ...]
) -> None:
    await ming.term()
    timetable.ground.clock.set(now)

    assert (await timetable.timetable.week(ming.call)).week == week
    assert tuple((each.week, each.day) for each in await timetable.timetable.today(ming.call)) == today


async def test_another_term_shows_its_own_blocks_and_its_own_nearest_week(timetable: Room, ming: Owner) -> None:
    autumn, spring = await ming.term(AUTUMN), await ming.term(SPRING)
    await ming.event(autumn, await ming.course(autumn, "Algebra"), Place(1, 1, 1, 2))
    await ming.event(spring, await ming.course(spring, "Analysis"), Place(1, 1, 1, 2))

    shown = await timetable.timetable.week(ming.call, term=spring, empty=False)

    assert (shown.term, shown.week, [each.name for each in shown.blocks]) == (spring, 1, ["Analysis"])


async def test_before_anything_is_stored_the_default_term_is_shown_empty(timetable: Room, ming: Owner) -> None:
    week = await timetable.timetable.week(ming.call)

    assert (week.term, week.week, week.weeks, week.schedule_version) == (None, 1, 20, 0)
    assert len(week.blocks) == 7 * 3
    assert [(day.week, day.day, day.blocks) for day in await timetable.timetable.today(ming.call)] == [(1, 1, ())]
    assert await timetable.timetable.current(ming.call) == Current(None)
    assert await timetable.timetable.courses(ming.call) == ()
    assert await timetable.timetable.overrides(ming.call) == ()


async def test_times_follow_the_wall_when_clocks_change(timetable: Room) -> None:
    lena = timetable.someone("Europe/Berlin")
    term = await lena.term(replace(AUTUMN, zone="Europe/Berlin"))
    course = await lena.course(term)
    for week in (7, 8):  # clocks go back on Sunday, 25 October 2026
        await lena.event(term, course, Place(week, 7, 1, 2))

    blocks = [block for week in (7, 8) for block in (await timetable.timetable.week(lena.call, week, empty=False)).blocks]

    assert [each.starts for each in blocks] == [time(8), time(8)]
    assert [each.starts_at.hour for each in blocks] == [7, 7]
    assert (await timetable.timetable.week(lena.call, 6)).blocks[0].starts_at.hour == 6


async def test_current_is_what_is_under_way_then_what_comes_next_today(timetable: Room, ming: Owner) -> None:
    autumn, spring = await ming.term(AUTUMN), await ming.term(SPRING)
    algebra, analysis = await ming.course(autumn, "Algebra", filler=True), await ming.course(spring, "Analysis")
    host = await ming.event(autumn, algebra, Place(2, 1, 3, 4))  # 10:15-11:55 on Monday, 14 September
    await ming.event(autumn, await ming.task("Lab report"), Place(2, 1, 4, 4, host))
    await ming.event(autumn, algebra, Place(2, 1, 5, 6), state="suspended")
    await ming.event(spring, analysis, Place(1, 1, 1, 2))

    async def current(hour: int, minute: int) -> tuple[str, int, bool]:
        timetable.ground.clock.set(datetime(2026, 9, 14, hour - 8, minute, tzinfo=UTC))
        found = await timetable.timetable.current(ming.call)
        assert found.block is not None
        return found.block.name, found.block.place.first, found.ongoing

    assert await current(10, 0) == ("Algebra", 3, False)
    assert await current(10, 15) == ("Algebra", 3, True)
    assert await current(11, 0) == ("Algebra", 4, False)  # in the pause: the part with the guest comes next
    assert await current(11, 54) == ("Algebra", 4, True)
    timetable.ground.clock.set(datetime(2026, 9, 14, 3, 55, tzinfo=UTC))
    assert await timetable.timetable.current(ming.call) == Current(None)
    timetable.ground.clock.set(datetime(2028, 1, 1, tzinfo=UTC))
    assert await timetable.timetable.current(ming.call) == Current(None)


async def test_tomorrow_is_not_yet_what_comes_next(timetable: Room, ming: Owner) -> None:
    autumn = await ming.term(AUTUMN)
    await ming.event(autumn, await ming.course(autumn, "Algebra"), Place(2, 2, 1, 2))  # 08:00 on Tuesday, 15 September

    async def named(day: int, hour: int) -> str | None:
        timetable.ground.clock.set(datetime(2026, 9, day, hour, tzinfo=UTC))
        block = (await timetable.timetable.current(ming.call)).block
        return block and block.name

    assert await named(14, 15) is None  # Monday, 23:00 in Shanghai
    assert await named(14, 16) == "Algebra"  # midnight there


async def test_done_blocks_are_listed_latest_first(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    course, task_class, task = await ming.course(term, filler=True), await ming.task_class(), await ming.task("Lab report")
    items = [await ming.item(task_class, f"Chapter {order}", order=order) for order in (1, 2, 3)]
    host = await ming.event(term, course, Place(1, 1, 1, 2), state="done")
    await ming.event(term, items[0], Place(1, 1, 1, 2, host), state="done")
    await ming.event(term, items[1], Place(1, 2, 1, 2), state="partly", live_key=None)
    early = await ming.event(term, task, Place(5, 5, 1, 2), state="done", reported_at=timetable.ground.clock.now())
    await ming.event(term, items[2], Place(1, 4, 1, 2), state="done")

    found = await timetable.timetable.finished(ming.call)
    first = await timetable.timetable.finished(ming.call, limit=1)
    rest = await timetable.timetable.finished(ming.call, skip=1, limit=2)

    assert [(each.name, each.embedded) for each in found.blocks] == [("Lab report", False), ("Chapter 3", False), ("Chapter 1", True)]
    assert (found.blocks[0].event, found.blocks[0].completed_at) == (early, timetable.ground.clock.now())
    assert found.blocks[1].completed_at == datetime(2026, 9, 10, 1, 40, tzinfo=UTC)
    assert (found.has_more, first.has_more, rest.has_more) == (False, True, False)
    assert first.blocks + rest.blocks == found.blocks


async def test_events_of_sources_come_by_source_and_time(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    course, task = await ming.course(term), await ming.task()
    later, sooner = await ming.event(term, course, Place(3, 1, 1, 2)), await ming.event(term, course, Place(2, 1, 1, 2))
    skipped = await ming.event(term, task, Place(1, 1, 3, 4), state="skipped", live_key=None)
    again = await ming.event(term, task, Place(4, 1, 3, 4))
    await ming.event(term, await ming.course(term, "Other"), Place(1, 2, 1, 2))

    placed = await timetable.timetable.placed(ming.call, [task, course])

    assert [(each.source, each.event, each.state) for each in placed] == [
        (course, sooner, "live"),
        (course, later, "live"),
        (task, skipped, "skipped"),
        (task, again, "live"),
    ]
    assert await timetable.timetable.placed(ming.call, []) == ()
    assert await timetable.timetable.placed(timetable.someone().call, [task, course]) == ()


async def test_courses_are_read_from_their_meetings_where_the_timetable_has_them(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    course, hidden = await ming.course(term, "Algebra"), await ming.course(term, "Gone")
    for week in (1, 3, 5, 6, 7):
        await ming.event(term, course, Place(week, 2, 1, 2))
    moved = {"nominal_week": 9, "nominal_day": 2, "live_key": f"course:{course.id}:9:2:1"}
    await ming.event(term, course, Place(10, 6, 5, 6), **moved)  # made up for on a Saturday
    await ming.event(term, course, Place(4, 4, 9, 11), state="suspended")
    await hide(timetable, hidden)

    listed = await timetable.timetable.courses(ming.call)

    assert [(each.id, each.name, each.event_count) for each in listed] == [(course.id, "Algebra", 7)]
    assert [(each.weeks.start, each.weeks.end, each.weeks.type, each.day, each.first, each.last) for each in listed[0].arrangements] == [
        (1, 9, "odd", 2, 1, 2),
        (6, 6, "all", 2, 1, 2),
        (4, 4, "all", 4, 9, 11),
    ]


async def test_nobody_sees_another_persons_blocks(timetable: Room, ming: Owner) -> None:
    other = timetable.someone()
    term = await other.term()
    await other.event(term, await other.course(term), Place(2, 1, 1, 2))
    await ming.term()

    assert (await timetable.timetable.week(ming.call, 2, empty=False)).blocks == ()
    assert (await timetable.timetable.today(ming.call))[0].blocks == ()


@pytest.mark.parametrize("count", [1, 30])
async def test_every_view_takes_a_constant_number_of_statements(timetable: Room, ming: Owner, count: int) -> None:
    term = await ming.term()
    course, task_class = await ming.course(term, filler=True), await ming.task_class()
    for number in range(count):
        place = Place(2, number % 7 + 1, number // 7 * 2 + 1, number // 7 * 2 + 2)
        await ming.event(term, course, place) if number % 2 else await ming.event(
            term, await ming.item(task_class, order=number + 1), place
        )
    await ming.event(term, await ming.task(), Place(2, 7, 11, 12))
    budgets = {"week": 3, "today": 3, "current": 4, "finished": 2, "courses": 3}

    for name, most in budgets.items():
        before = len(timetable.ground.statements)
        await getattr(timetable.timetable, name)(ming.call)
        made = timetable.ground.statements[before:]
        assert len(made) <= most, "\n".join(made)


async def test_a_week_tells_the_version_at_which_it_was_read(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    await ming.event(term, await ming.course(term), Place(2, 1, 1, 2))
    await timetable.timetable.set_term(ming.call, replace(AUTUMN, name="Renamed"))
    timetable.ground.clock.advance(timedelta(days=7))

    week = await timetable.timetable.week(ming.call, empty=False)

    assert (week.week, week.schedule_version) == (3, 1)


async def hide(timetable: Room, course: Source) -> None:
    async with timetable.ground.database.work() as unit:
        await unit.run(update(courses).where(courses.c.id == course.id).values(hidden_at=unit.now))
