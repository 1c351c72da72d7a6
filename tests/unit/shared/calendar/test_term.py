from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.shared.calendar.faults import BadRange, OutsideTerm, UnknownSection
from smartflow.shared.calendar.sections import Slot, default_table
from smartflow.shared.calendar.term import Term, current_term, default_term, monday_of, nearest_term
from smartflow.shared.calendar.zones import known_zone

AUTUMN = Term(date(2026, 9, 7), date(2027, 1, 10), "Asia/Shanghai", default_table())
SPRING = Term(date(2027, 3, 1), date(2027, 7, 4), "Asia/Shanghai", default_table())
MONDAYS = st.dates(date(2000, 1, 3), date(2090, 1, 1)).map(monday_of)


def term_of(first_monday: date, days: int) -> Term:
    return Term(first_monday, first_monday + timedelta(days=days - 1), "Asia/Shanghai", default_table())


def test_a_term_that_ends_on_a_sunday_has_whole_weeks() -> None:
    assert AUTUMN.weeks == 18
    assert AUTUMN.has(18, 7)
    assert not AUTUMN.has(19, 1)


def test_days_after_the_last_day_do_not_exist() -> None:
    short = term_of(date(2026, 9, 7), 7 * 17 + 3)

    assert short.weeks == 18
    assert short.has(18, 3)
    assert not short.has(18, 4)
    with pytest.raises(OutsideTerm) as outside:
        short.date_of(18, 4)
    assert (outside.value.week, outside.value.day) == (18, 4)


@pytest.mark.parametrize(("week", "day"), [(0, 1), (-1, 1), (1, 0), (2, 0), (1, 8), (19, 1)])
def test_no_day_outside_the_term_has_a_date(week: int, day: int) -> None:
    assert not AUTUMN.has(week, day)
    with pytest.raises(OutsideTerm):
        AUTUMN.date_of(week, day)


@pytest.mark.parametrize("on", [date(2026, 9, 6), date(2027, 1, 11)])
def test_a_date_outside_the_term_has_no_week(on: date) -> None:
    with pytest.raises(OutsideTerm) as outside:
        AUTUMN.week_of(on)

    assert outside.value.on == on


@given(MONDAYS, st.integers(1, 280))
def test_every_day_of_a_term_has_one_date_and_every_date_one_day(first_monday: date, days: int) -> None:
    term = term_of(first_monday, days)

    dates = [term.date_of(week, day) for week, day in term.days()]

    assert dates == [first_monday + timedelta(days=n) for n in range(days)]
    assert [term.week_of(on) for on in dates] == list(term.days())
    assert all(on.isoweekday() == day for on, (_, day) in zip(dates, term.days(), strict=True))


def test_a_slot_is_held_against_sections_range_and_days() -> None:
    AUTUMN.check(Slot(18, 7, 11, 12))
    with pytest.raises(UnknownSection):
        AUTUMN.check(Slot(1, 1, 12, 13))
    with pytest.raises(BadRange):
        AUTUMN.check(Slot(1, 1, 4, 3))
    with pytest.raises(OutsideTerm):
        AUTUMN.check(Slot(19, 1, 1, 2))


@pytest.mark.parametrize(
    ("now", "chosen"),
    [
        (datetime(2026, 9, 1, tzinfo=UTC), AUTUMN),
        (datetime(2026, 10, 1, tzinfo=UTC), AUTUMN),
        (datetime(2027, 1, 10, 15, 59, tzinfo=UTC), AUTUMN),
        (datetime(2027, 1, 10, 16, 0, tzinfo=UTC), SPRING),
        (datetime(2027, 3, 5, tzinfo=UTC), SPRING),
        (datetime(2030, 1, 1, tzinfo=UTC), SPRING),
    ],
)
def test_the_current_term_is_todays_else_the_next_else_the_last(now: datetime, chosen: Term) -> None:
    assert current_term([SPRING, AUTUMN], now) == chosen


def test_without_terms_none_is_current_and_none_is_near() -> None:
    assert current_term([], datetime(2026, 9, 1, tzinfo=UTC)) is None
    assert nearest_term([], date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("on", "near"),
    [(date(2026, 12, 1), AUTUMN), (date(2027, 1, 12), AUTUMN), (date(2027, 2, 27), SPRING), (date(2020, 1, 1), AUTUMN)],
)
def test_the_nearest_term_has_the_date_or_is_the_fewest_days_away(on: date, near: Term) -> None:
    assert nearest_term([AUTUMN, SPRING], on) == near


def test_the_default_term_is_twenty_weeks_from_the_monday_of_the_week_in_the_persons_zone() -> None:
    late_on_sunday = datetime(2026, 9, 13, 18, 0, tzinfo=UTC)

    there = default_term("Asia/Shanghai", late_on_sunday)
    here = default_term("Europe/London", late_on_sunday)

    assert (there.first_monday, here.first_monday) == (date(2026, 9, 14), date(2026, 9, 7))
    assert there.weeks == 20
    assert there.has(20, 7)
    assert there.table.breaks == {4, 8}


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "America/St_Johns", "Pacific/Apia"])
def test_iana_names_are_zones(name: str) -> None:
    assert known_zone(name)


@pytest.mark.parametrize(
    "name", ["", "asia/shanghai", "China Standard Time", "../etc/passwd", "/etc/localtime", "localtime", "Asia", "a" * 5000, "\0"]
)
def test_nothing_else_is_a_zone(name: str) -> None:
    assert not known_zone(name)
