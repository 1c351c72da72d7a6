"""Make-up days: where meetings take place, and what another list of days, or another term, changes."""

from datetime import date

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Move, Report
from smartflow.client.schedule.place import EventState, Nominal, Place, Source
from smartflow.client.schedule.term import DayOverride
from smartflow.services.schedule.timetable.image import Image, nominal_of
from smartflow.services.schedule.timetable.overrides import Timetable, meeting_changes, timetable
from smartflow.shared.calendar.sections import default_table
from smartflow.shared.calendar.term import Term
from smartflow.shared.kernel.ids import EventId, TermId

TERM = Term(date(2026, 9, 7), date(2027, 1, 10), "Asia/Shanghai", default_table())
HOLIDAY = DayOverride(date(2026, 10, 1), "off")  # W4D4
MAKE_UP = DayOverride(date(2026, 10, 10), "follows", 4, 4)  # W5D6 has the meetings of W4D4
PLAIN = timetable(TERM, ())
EVENT = EventId(1)


@pytest.mark.parametrize(
    ("overrides", "nominal", "expected"),
    [
        ((), (4, 4), (4, 4)),
        ((HOLIDAY,), (4, 4), None),
        ((HOLIDAY,), (4, 5), (4, 5)),
        ((HOLIDAY, MAKE_UP), (4, 4), (5, 6)),
        ((MAKE_UP,), (5, 6), None),  # that day has another's meetings
        ((), (19, 1), None),  # the term ends before
    ],
)
def test_a_meeting_takes_place_where_the_days_have_it(
    overrides: tuple[DayOverride, ...], nominal: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    assert timetable(TERM, overrides).day_of(Nominal(*nominal, 1)) == expected


def test_a_day_off_suspends_its_meetings_and_only_those() -> None:
    meetings = {EVENT: meeting(4, 4), EventId(2): meeting(4, 5)}

    assert meeting_changes(PLAIN, timetable(TERM, [HOLIDAY]), meetings) == (Report(EVENT, "suspended"),)


def test_a_make_up_day_moves_the_meetings_of_the_day_it_follows() -> None:
    assert changes(PLAIN, timetable(TERM, [MAKE_UP]), meeting(4, 4)) == (Move(EVENT, Place(5, 6, 1, 2)),)


def test_a_suspended_meeting_that_is_made_up_for_lives_again() -> None:
    suspended = meeting(4, 4, state="suspended")

    assert changes(timetable(TERM, [HOLIDAY]), timetable(TERM, [HOLIDAY, MAKE_UP]), suspended) == (
        Report(EVENT, "live"),
        Move(EVENT, Place(5, 6, 1, 2)),
    )


def test_without_the_list_everything_is_as_the_timetable_has_it() -> None:
    moved = replace(meeting(4, 4), place=Place(5, 6, 1, 2))

    assert changes(timetable(TERM, [MAKE_UP]), PLAIN, moved) == (Move(EVENT, Place(4, 4, 1, 2)),)
    assert changes(timetable(TERM, [HOLIDAY]), PLAIN, meeting(4, 4, state="suspended")) == (Report(EVENT, "live"),)


def test_a_made_up_meeting_that_is_off_after_all_is_shown_where_the_timetable_has_it() -> None:
    moved = replace(meeting(4, 4), place=Place(5, 6, 1, 2))

    assert changes(timetable(TERM, [HOLIDAY, MAKE_UP]), timetable(TERM, [HOLIDAY]), moved) == (
        Report(EVENT, "suspended"),
        Move(EVENT, Place(4, 4, 1, 2)),
    )


def test_a_meeting_that_the_lists_treat_alike_stays_where_a_person_moved_it() -> None:
    assert changes(PLAIN, timetable(TERM, [HOLIDAY]), replace(meeting(4, 5), place=Place(6, 1, 3, 4))) == ()


def test_a_term_that_begins_a_week_later_moves_the_day_off_among_its_weeks() -> None:
    later = timetable(replace(TERM, first_monday=date(2026, 9, 14)), [HOLIDAY])  # now W3D4

    assert changes(timetable(TERM, [HOLIDAY]), later, meeting(3, 4)) == (Report(EVENT, "suspended"),)
    assert changes(timetable(TERM, [HOLIDAY]), later, meeting(4, 4, state="suspended")) == (Report(EVENT, "live"),)


def test_the_key_of_a_meeting_tells_where_it_stands_by_the_timetable() -> None:
    assert nominal_of(meeting(4, 5).live_key) == Nominal(4, 5, 1)
    assert nominal_of("item:42") is None
    assert nominal_of(None) is None


def meeting(week: int, day: int, state: EventState = "live") -> Image:
    return Image(TermId(1), Source("course", 17), Place(week, day, 1, 2), state=state, nominal=Nominal(week, day, 1))


def changes(before: Timetable, after: Timetable, row: Image):
    return meeting_changes(before, after, {EVENT: row})
