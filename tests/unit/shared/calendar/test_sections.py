from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.shared.calendar.faults import BadRange, UnknownSection
from smartflow.shared.calendar.sections import (
    Section,
    SectionTable,
    Slot,
    aligned,
    clock_of,
    default_table,
    mask_of,
    pair_of,
    propose_breaks,
    ranges_of,
)

TABLE = default_table()


def test_the_default_day_has_twelve_sections_of_45_minutes_in_three_runs() -> None:
    assert [row.number for row in TABLE.rows] == list(range(1, 13))
    assert {TABLE.minutes(number, number) for number in range(1, 13)} == {45}
    assert (TABLE.row(1).start, TABLE.row(12).end) == (time(8), time(22, 30))
    assert TABLE.breaks == {4, 8}
    assert TABLE.runs() == (range(1, 5), range(5, 9), range(9, 13))


def test_only_a_pause_of_an_hour_or_more_is_proposed_as_a_break() -> None:
    rows = (
        Section(1, time(8), time(9)),
        Section(2, time(9, 59), time(10)),
        Section(3, time(11), time(12)),
    )

    assert propose_breaks(rows) == {2}


def test_a_table_without_breaks_is_one_run_and_one_without_rows_has_none() -> None:
    assert SectionTable(TABLE.rows).runs() == (range(1, 13),)
    assert SectionTable(()).runs() == ()


def test_a_break_after_the_last_section_ends_no_second_run() -> None:
    assert SectionTable(TABLE.rows, frozenset({12})).runs() == (range(1, 13),)


@pytest.mark.parametrize(("first", "last", "crosses"), [(4, 4, False), (4, 5, True), (1, 4, False), (5, 8, False), (3, 9, True)])
def test_a_range_crosses_a_break_only_if_the_break_lies_inside(first: int, last: int, crosses: bool) -> None:
    assert TABLE.crosses_break(first, last) is crosses


def test_minutes_count_the_pauses_inside() -> None:
    assert TABLE.minutes(1, 2) == 100
    assert TABLE.minutes(1, 4) == 235


@pytest.mark.parametrize("section", [0, 13, -1])
def test_a_section_that_the_table_lacks_is_named(section: int) -> None:
    with pytest.raises(UnknownSection) as unknown:
        TABLE.row(section)

    assert unknown.value.section == section


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadRange) as bad:
        TABLE.minutes(4, 3)

    assert (bad.value.first, bad.value.last) == (4, 3)


@given(st.integers(1, 12), st.integers(1, 12))
def test_two_aligned_sections_are_one_pair_and_four_are_two(first: int, length: int) -> None:
    slot = Slot(1, 1, first, first + length - 1)

    assert slot.aligned is aligned(slot.first, slot.last)
    if length in {2, 4} and slot.aligned:
        assert len(slot.pairs) == length // 2
        assert pair_of(slot.first) == slot.pairs[0]


@given(st.integers(1, 12))
def test_places_are_exactly_the_aligned_ranges_inside_a_run(length: int) -> None:
    wanted = [
        (first, first + length - 1)
        for first in range(1, 14 - length)
        if aligned(first, first + length - 1) and not TABLE.crosses_break(first, first + length - 1)
    ]

    assert list(TABLE.places(length)) == wanted


@given(st.frozensets(st.integers(1, 24)))
def test_ranges_cut_a_set_of_sections_and_lose_none(numbers: frozenset[int]) -> None:
    ranges = ranges_of(numbers)

    assert sum(mask_of(first, last) for first, last in ranges) == sum(1 << (number - 1) for number in numbers)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), st.booleans())
def test_slots_meet_and_hold_each_other_as_their_sections_do(ends: list[int], same_day: bool) -> None:
    one = Slot(1, 1, min(ends[:2]), max(ends[:2]))
    other = Slot(1, 1 if same_day else 2, min(ends[2:]), max(ends[2:]))

    assert one.meets(other) is (same_day and bool(one.mask & other.mask))
    assert one.holds(other) is (same_day and set(other.sections) <= set(one.sections))
    assert one.length == len(one.sections)


@pytest.mark.parametrize(("text", "clock"), [("08:05", time(8, 5)), ("23:59", time(23, 59)), ("00:00", time(0))])
def test_a_clock_is_two_digits_a_colon_and_two_digits(text: str, clock: time) -> None:
    assert clock_of(text) == clock


@pytest.mark.parametrize("text", ["8:05", "24:00", "12:60", "08:05:00", "08:05Z", "0805", "", "八点", "08:05\n", "\uff10\uff18:05"])
def test_no_other_spelling_is_a_clock(text: str) -> None:
    assert clock_of(text) is None
