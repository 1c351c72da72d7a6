"""Terms: which is meant, what is shown before one is set, and what setting one does."""

from datetime import UTC, date, datetime, time

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from smartflow.client.schedule.block import Week
from smartflow.client.schedule.place import Place
from smartflow.client.schedule.term import TermDropsBlocks, TermNotFound, WeekOutsideTerm
from smartflow.services.schedule.timetable import tables, terms
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.sections import Section
from smartflow.shared.database import erased
from smartflow.shared.database.effects import Replay
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.kernel.ids import TermId
from smartflow.shared.kernel.refusal import InvalidInput
from tests.kit.timetable import AUTUMN, SPRING, Owner, Room


async def test_without_a_term_the_default_one_is_shown_and_nothing_is_stored(timetable: Room, ming: Owner) -> None:
    shown = await timetable.timetable.term(ming.call)

    assert (shown.id, shown.is_default, shown.schedule_version) == (None, True, 0)
    assert (shown.first_monday, shown.last_day) == (date(2026, 9, 14), date(2027, 1, 31))
    assert shown.term.table.breaks == {4, 8}
    assert await timetable.timetable.terms(ming.call) == (shown,)
    assert await rows_of(timetable, ming) == 0


async def test_the_default_term_is_in_the_zone_of_its_person(timetable: Room) -> None:
    timetable.ground.clock.set(datetime(2026, 9, 14, 2, 0, tzinfo=UTC))  # still Sunday in Chicago

    shown = await timetable.timetable.term(timetable.someone("America/Chicago").call)

    assert shown.zone == "America/Chicago"
    assert shown.first_monday == date(2026, 9, 7)


async def test_the_first_write_that_needs_a_term_stores_the_default_one_and_there_it_stays(timetable: Room, ming: Owner) -> None:
    async with timetable.ground.database.work(ming.call) as unit:
        first = (await terms.stored(unit, ming.id, ming.call.zone)).current
    timetable.ground.clock.set(datetime(2026, 10, 1, tzinfo=UTC))
    async with timetable.ground.database.work(ming.call) as unit:
        second = (await terms.stored(unit, ming.id, "Europe/Berlin")).current

    assert first.id is not None
    assert first == second == await timetable.timetable.term(ming.call)
    assert (second.first_monday, second.is_default, second.schedule_version) == (date(2026, 9, 14), True, 0)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (datetime(2026, 8, 1, tzinfo=UTC), "Autumn"),  # before both: the next
        (datetime(2026, 9, 6, 16, 0, tzinfo=UTC), "Autumn"),  # midnight of the first Monday in Shanghai
        (datetime(2027, 1, 10, 15, 59, tzinfo=UTC), "Autumn"),  # the last minute of the last day
        (datetime(2027, 1, 10, 16, 0, tzinfo=UTC), "Spring"),  # between them: the next
        (datetime(2027, 3, 1, tzinfo=UTC), "Spring"),
        (datetime(2028, 1, 1, tzinfo=UTC), "Spring"),  # after both: the last
    ],
)
async def test_the_current_term_is_todays_else_the_next_else_the_last(timetable: Room, ming: Owner, now: datetime, name: str) -> None:
    await ming.term(SPRING)
    await ming.term(AUTUMN)
    timetable.ground.clock.set(now)

    assert (await timetable.timetable.term(ming.call)).name == name
    assert [each.name for each in await timetable.timetable.terms(ming.call)] == ["Autumn", "Spring"]


async def test_another_persons_term_is_unknown(timetable: Room, ming: Owner) -> None:
    term = await timetable.someone().term()

    for ask in (timetable.timetable.term, timetable.timetable.courses, timetable.timetable.overrides):
        with pytest.raises(TermNotFound):
            await ask(ming.call, term)
    with pytest.raises(TermNotFound):
        await timetable.timetable.week(ming.call, term=term)
    with pytest.raises(TermNotFound):
        await timetable.timetable.set_term(ming.call, SPRING, term=term)


async def test_a_term_comes_back_as_it_was_set(timetable: Room, ming: Owner) -> None:
    likes = Preferences((Hours(time(8), time(12), frozenset({1, 3})),), (Hours(time(22), time(7)),), 300, (1, 2))
    table = (Section(1, time(8, 30), time(9, 15)), Section(2, time(13, 0), time(13, 45)))
    draft = TermDraft(date(2026, 9, 7), date(2026, 12, 31), "Europe/Berlin", table, (1,), "Winter", likes)

    made = await timetable.timetable.set_term(ming.call, draft)

    assert made.id is not None
    assert made.schedule_version == 1
    assert made == await timetable.timetable.term(ming.call)
    assert (made.name, made.term, made.preferences, made.is_default) == ("Winter", draft.term, likes, False)
    assert await timetable.timetable.version(ming.call) == 1


async def test_setting_a_term_is_a_change_set_that_is_listed_and_not_undone(timetable: Room, ming: Owner) -> None:
    await timetable.timetable.set_term(ming.call, AUTUMN)

    entry = (await timetable.timetable.changes(ming.call)).entries[0]

    assert (entry.kind, entry.version_before, entry.version_after, entry.undoable) == ("term", 0, 1, False)
    told = await ming.told()
    assert [(each.change, each.version, each.change_set_id) for each in told] == [("term", 1, entry.id)]


async def test_a_range_that_meets_one_term_changes_it_and_one_that_meets_none_makes_another(timetable: Room, ming: Owner) -> None:
    first = await timetable.timetable.set_term(ming.call, AUTUMN)
    longer = await timetable.timetable.set_term(ming.call, replace(AUTUMN, last_day=date(2027, 1, 17)))
    other = await timetable.timetable.set_term(ming.call, SPRING)

    assert longer.id == first.id
    assert other.id != first.id
    assert [each.last_day for each in await timetable.timetable.terms(ming.call)] == [date(2027, 1, 17), SPRING.last_day]


async def test_a_range_may_not_meet_two_terms_nor_another_than_the_one_that_is_named(timetable: Room, ming: Owner) -> None:
    autumn = await ming.term(AUTUMN)
    await ming.term(SPRING)
    over_both = replace(AUTUMN, first_monday=date(2027, 1, 4), last_day=date(2027, 3, 1))

    for wanted in (None, autumn):
        with pytest.raises(InvalidInput) as refused:
            await timetable.timetable.set_term(ming.call, over_both, term=wanted)
        assert [(each.field, each.rule) for each in refused.value.errors] == [("first_monday", "overlap")]
    assert await timetable.timetable.version(ming.call) == 0


async def test_a_draft_that_breaks_rules_is_refused_with_all_of_them(timetable: Room, ming: Owner) -> None:
    with pytest.raises(InvalidInput) as refused:
        await timetable.timetable.set_term(ming.call, replace(AUTUMN, first_monday=date(2026, 9, 8), zone="Atlantis"))

    assert [(each.field, each.rule) for each in refused.value.errors] == [("first_monday", "format"), ("zone", "unknown")]


async def test_the_stored_default_becomes_the_persons_own_when_they_set_a_term_over_it(timetable: Room, ming: Owner) -> None:
    default = await ming.term(replace(AUTUMN, name=""), is_default=True)

    mine = await timetable.timetable.set_term(ming.call, AUTUMN)

    assert (mine.id, mine.is_default) == (default, False)


async def test_what_a_term_is_already_makes_no_change_set(timetable: Room, ming: Owner) -> None:
    once = await timetable.timetable.set_term(ming.call, AUTUMN)

    assert await timetable.timetable.set_term(ming.call, AUTUMN) == once
    assert await timetable.timetable.version(ming.call) == 1


async def test_a_dry_run_shows_the_term_and_writes_nothing(timetable: Room, ming: Owner) -> None:
    shown = await timetable.timetable.set_term(ming.keyed("one"), AUTUMN, dry_run=True)
    real = await timetable.timetable.set_term(ming.keyed("one"), AUTUMN)

    assert (shown.id, shown.name, shown.schedule_version) == (None, "Autumn", 0)
    assert (real.id is not None, real.schedule_version) == (True, 1)


async def test_one_key_sets_a_term_once(timetable: Room, ming: Owner) -> None:
    await timetable.timetable.set_term(ming.keyed("one"), AUTUMN)

    with pytest.raises(Replay):
        await timetable.timetable.set_term(ming.keyed("one"), AUTUMN)
    assert await timetable.timetable.version(ming.call) == 1


async def test_blocks_keep_their_places_and_get_the_instants_of_the_changed_term(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    await ming.event(term, course, Place(3, 2, 1, 2))
    week_later = replace(AUTUMN, first_monday=date(2026, 9, 14))

    await timetable.timetable.set_term(ming.call, week_later, term=term)

    placed = (await timetable.timetable.placed(ming.call, [course]))[0]
    assert placed.place == Place(3, 2, 1, 2)
    assert placed.starts_at == datetime(2026, 9, 29, 0, 0, tzinfo=UTC)
    told = (await ming.told())[0]
    assert (told.weeks, told.sources, told.more) == ((3,), (course,), False)


async def test_a_term_that_would_drop_blocks_is_refused_and_names_them(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    report, item = await ming.task("Lab report"), await ming.item(await ming.task_class(), "Chapter 7")
    late, evening = await ming.event(term, report, Place(18, 7, 1, 2)), await ming.event(term, item, Place(2, 1, 11, 12))
    await ming.event(term, course, Place(1, 1, 1, 2))
    shorter = replace(AUTUMN, last_day=date(2027, 1, 9), sections=AUTUMN.sections[:8], breaks=(4,))

    for dry_run in (True, False):
        with pytest.raises(TermDropsBlocks) as refused:
            await timetable.timetable.set_term(ming.keyed("shorten"), shorter, dry_run=dry_run)
        assert [(each.event, each.name) for each in refused.value.details.events] == [(evening, "Chapter 7"), (late, "Lab report")]
    assert (await timetable.timetable.term(ming.call)).last_day == AUTUMN.last_day
    assert await timetable.timetable.version(ming.call) == 0


async def test_a_last_day_that_is_a_sunday_is_inside(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    await ming.event(term, course, Place(18, 7, 11, 12))

    assert (await timetable.timetable.set_term(ming.call, replace(AUTUMN, name="Same range"))).id == term


async def test_day_overrides_outside_the_changed_term_go(timetable: Room, ming: Owner) -> None:
    term = await ming.term()
    await ming.override(term, date(2026, 10, 10), "follows", 4, 5)
    await ming.override(term, date(2026, 10, 1), "off")
    await ming.override(term, date(2027, 1, 1), "off")

    listed = await timetable.timetable.overrides(ming.call)
    await timetable.timetable.set_term(ming.call, replace(AUTUMN, last_day=date(2026, 12, 31)))

    assert [(each.on.isoformat(), each.kind, each.week, each.day) for each in listed] == [
        ("2026-10-01", "off", None, None),
        ("2026-10-10", "follows", 4, 5),
        ("2027-01-01", "off", None, None),
    ]
    assert [each.on for each in await timetable.timetable.overrides(ming.call)] == [date(2026, 10, 1), date(2026, 10, 10)]


async def test_nothing_late_is_written_for_an_erased_person(timetable: Room, ming: Owner) -> None:
    async with timetable.ground.database.work() as unit:
        await erased.remember(unit, ming.id)

    with pytest.raises(AccountGone):
        await timetable.timetable.set_term(ming.call, AUTUMN)
    assert await rows_of(timetable, ming) == 0


async def test_weeks_outside_the_term_do_not_exist(timetable: Room, ming: Owner) -> None:
    await ming.term()

    for week in (-1, 19):
        with pytest.raises(WeekOutsideTerm):
            await timetable.timetable.week(ming.call, week)
    last: Week = await timetable.timetable.week(ming.call, 18)
    assert (last.weeks, last.end) == (18, AUTUMN.last_day)


async def course_of(ming: Owner):
    term: TermId = await ming.term()
    return term, await ming.course(term)


async def rows_of(timetable: Room, ming: Owner) -> int:
    async with timetable.ground.database.read() as reader:
        return await reader.value(select(func.count()).select_from(tables.terms).where(tables.terms.c.user_id == ming.id))


async def test_meetings_follow_their_days_off_when_the_weeks_begin_elsewhere(timetable: Room, ming: Owner) -> None:
    term, course = await course_of(ming)
    await ming.override(term, date(2026, 10, 1), "off")  # W4D4, and W3D4 once the term begins a week later
    nominal = {week: {"nominal_week": week, "nominal_day": 4} for week in (3, 4)}
    await ming.event(term, course, Place(3, 4, 1, 2), **nominal[3])
    await ming.event(term, course, Place(4, 4, 1, 2), state="suspended", **nominal[4])

    await timetable.timetable.set_term(ming.call, replace(AUTUMN, first_monday=date(2026, 9, 14)), term=term)

    placed = await timetable.timetable.placed(ming.call, [course])
    assert [(each.place.week, each.state, each.starts_at.date()) for each in placed] == [
        (3, "suspended", date(2026, 10, 1)),
        (4, "live", date(2026, 10, 8)),
    ]
    shown = (await timetable.timetable.changes(ming.call)).entries
    assert [(each.kind, each.undoable) for each in shown] == [("term", False)]
    assert [each.op for each in (await timetable.timetable.change_of(ming.call, shown[0].id)).diff] == ["report", "report"]
