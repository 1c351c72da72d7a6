from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.shared.calendar.draft import TermDraft, check
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.calendar.sections import Section, default_table
from smartflow.shared.calendar.term import monday_of

GOOD = TermDraft(date(2026, 9, 7), date(2027, 1, 10), "Asia/Shanghai", default_table().rows)


def broken(draft: TermDraft) -> list[tuple[str, str]]:
    return [(error.field, error.rule) for error in check(draft)]


def test_a_good_draft_breaks_nothing_and_its_long_pauses_are_breaks() -> None:
    assert check(GOOD) == ()
    assert GOOD.term.weeks == 18
    assert GOOD.table.breaks == {4, 8}
    assert replace(GOOD, breaks=()).table.breaks == frozenset()


@pytest.mark.parametrize(
    ("draft", "errors"),
    [
        (replace(GOOD, first_monday=date(2026, 9, 8)), [("first_monday", "format")]),
        (replace(GOOD, last_day=date(2026, 9, 6)), [("last_day", "order")]),
        (replace(GOOD, last_day=date(2027, 6, 14)), [("last_day", "max")]),
        (replace(GOOD, last_day=date(2027, 6, 13)), []),
        (replace(GOOD, zone="Mars/Olympus"), [("zone", "unknown")]),
        (replace(GOOD, name="x" * 65), [("name", "length")]),
        (replace(GOOD, sections=()), [("sections", "min")]),
        (replace(GOOD, breaks=(4, 13, 0)), [("breaks[1]", "max"), ("breaks[2]", "min")]),
        (replace(GOOD, preferences=Preferences(daily_cap_minutes=0)), [("daily_cap_minutes", "min")]),
        (replace(GOOD, preferences=Preferences(attention=(1, 4))), [("attention", "length"), ("attention[1]", "max")]),
        (
            replace(GOOD, preferences=Preferences(forbidden=(Hours(time(8), time(8), frozenset({0, 8})),))),
            [("forbidden_hours[0].end", "order"), ("forbidden_hours[0].days_of_week", "min"), ("forbidden_hours[0].days_of_week", "max")],
        ),
        (replace(GOOD, first_monday=date(1, 1, 1), last_day=date(1, 1, 7)), [("first_monday", "min")]),
        (replace(GOOD, first_monday=date(9999, 12, 27), last_day=date(9999, 12, 31)), [("last_day", "max")]),
    ],
)
def test_each_rule_is_named_where_it_is_broken(draft: TermDraft, errors: list[tuple[str, str]]) -> None:
    assert broken(draft) == errors


def test_sections_are_numbered_from_one_ascending_and_apart() -> None:
    rows = (
        Section(1, time(8), time(9)),
        Section(3, time(8, 30), time(10)),
        Section(3, time(11), time(11)),
    )

    assert broken(replace(GOOD, sections=rows)) == [
        ("sections[1].section", "order"),
        ("sections[1].start", "order"),
        ("sections[2].end", "order"),
    ]


def test_more_than_24_sections_are_too_many() -> None:
    rows = tuple(Section(n + 1, time(n // 2, 30 * (n % 2)), time(n // 2, 30 * (n % 2) + 29)) for n in range(25))

    assert broken(replace(GOOD, sections=rows)) == [("sections", "max")]
    assert broken(replace(GOOD, sections=rows[:24])) == []


def test_everything_wrong_is_named_at_once() -> None:
    draft = TermDraft(date(2026, 9, 8), date(2026, 9, 1), "nowhere", (Section(2, time(9), time(8)),), (7,))

    assert broken(draft) == [
        ("first_monday", "format"),
        ("last_day", "order"),
        ("zone", "unknown"),
        ("sections[0].section", "order"),
        ("sections[0].end", "order"),
        ("breaks[0]", "max"),
    ]


@given(st.dates(date(1971, 1, 1), date(2990, 1, 1)).map(monday_of), st.integers(1, 280))
def test_every_range_of_up_to_40_weeks_from_a_monday_is_a_term(first_monday: date, days: int) -> None:
    assert check(replace(GOOD, first_monday=first_monday, last_day=first_monday + timedelta(days=days - 1))) == ()


def test_hours_are_cut_at_midnight_and_the_rest_is_the_next_days() -> None:
    night = Hours(time(22), time(7), frozenset({5, 7}))
    evening = Hours(time(22), time(0))

    assert night.stretches() == ((frozenset({5, 7}), 1320, 1440), (frozenset({6, 1}), 0, 420))
    assert evening.stretches() == ((frozenset(range(1, 8)), 1320, 1440),)
    assert Hours(time(8), time(12)).stretches() == ((frozenset(range(1, 8)), 480, 720),)
