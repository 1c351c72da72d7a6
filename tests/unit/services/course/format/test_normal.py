import json
from typing import Any

import pytest

from smartflow.client.course import ImportUnreadable, Notice, Reading
from smartflow.client.schedule.course import CourseDraft
from smartflow.services.course.format import reader
from smartflow.services.course.format.errors import Errors
from smartflow.services.course.format.normal import Row, normal_form
from smartflow.services.course.format.warning import TEXTS, say_numbers
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.services.course.format.samples import OWN, arrangement, course


def read(*courses: dict[str, Any]) -> Reading:
    return reader.read(json.dumps(courses).encode(), OWN)


def said(courses: tuple[CourseDraft, ...]) -> list[str]:
    """Write each meeting as `name @ place: day sections, weeks`."""
    return [
        f"{draft.name} @ {draft.location}: {each.day} {each.first}-{each.last}, {each.weeks.type} {each.weeks.start}-{each.weeks.end}"
        for draft in courses
        for each in draft.arrangements
    ]


def told(notices: tuple[Notice, ...]) -> list[str]:
    return [notice.text.render("en", **notice.facts) for notice in notices]


def sections(*ranges: tuple[int, int], weeks: tuple[int, int] = (1, 16)) -> list[dict[str, Any]]:
    return [arrangement(weeks, sections=each) for each in ranges]


def test_rows_of_one_course_unite_their_weeks() -> None:
    reading = read(course("数学", "A101", arrangement((1, 8)), arrangement((9, 9)), arrangement((11, 15), week_type="odd")))

    assert said(reading.courses) == ["数学 @ A101: 1 1-2, all 1-9", "数学 @ A101: 1 1-2, odd 11-15"]
    assert reading.notices == ()


def test_rows_that_add_nothing_are_counted_once_a_file() -> None:
    reading = read(
        course(),
        course(teacher="李"),
        course("数学", "A101", arrangement((2, 8), sections=(1, 1))),
        course("物理", "A101", arrangement(day=2)),
    )

    assert said(reading.courses) == ["数学 @ A101: 1 1-2, all 1-16", "物理 @ A101: 2 1-2, all 1-16"]
    assert [(notice.code, notice.path) for notice in reading.notices] == [("duplicate", None)]
    assert told(reading.notices) == ["2 rows added nothing."]


def test_a_row_that_adds_a_week_or_a_section_is_no_duplicate() -> None:
    assert read(course(), course("数学", "A101", arrangement((1, 17)))).notices == ()
    assert read(course(), course("数学", "A101", arrangement(sections=(1, 3)))).notices == ()


def test_rows_that_overlap_in_the_same_week_become_one_range() -> None:
    reading = read(course("数学", "A101", arrangement((1, 16), sections=(1, 2)), arrangement((9, 16), sections=(2, 4))))

    assert said(reading.courses) == ["数学 @ A101: 1 1-2, all 1-8", "数学 @ A101: 1 1-4, all 9-16"]


@pytest.mark.parametrize(
    ("ranges", "meetings"),
    [
        ([(9, 9), (10, 10), (11, 11)], ["9-11"]),
        ([(11, 11), (9, 9), (10, 10)], ["9-11"]),
        ([(1, 2), (3, 4)], ["1-2", "3-4"]),
        ([(1, 2), (3, 3)], ["1-3"]),
        ([(1, 1), (2, 3)], ["1-3"]),
        ([(1, 1), (2, 2), (3, 3), (4, 4)], ["1-4"]),
        ([(1, 1), (2, 3), (4, 4)], ["1-4"]),
        ([(4, 4), (5, 5)], ["4-4", "5-5"]),
        ([(3, 3), (4, 4), (5, 5), (6, 6)], ["3-4", "5-6"]),
        ([(1, 1), (3, 3)], ["1-1", "3-3"]),
    ],
)
def test_single_sections_join_what_they_touch_but_never_across_a_break(ranges, meetings) -> None:
    reading = read(course("数学", "A101", *sections(*ranges)))

    assert said(reading.courses) == [f"数学 @ A101: 1 {each}, all 1-16" for each in meetings]


def test_sections_of_other_weeks_do_not_join() -> None:
    reading = read(course("数学", "A101", *sections((1, 1)), *sections((2, 2), weeks=(1, 15))))

    assert said(reading.courses) == ["数学 @ A101: 1 1-1, all 1-16", "数学 @ A101: 1 2-2, all 1-15"]


def test_one_name_in_two_places_at_once_has_both_for_exactly_those_weeks() -> None:
    reading = read(course(teacher="张"), course("数学", "B202", arrangement((9, 18)), teacher="李"))

    assert said(reading.courses) == [
        "数学 @ A101: 1 1-2, all 1-8",
        "数学 @ A101 / B202: 1 1-2, all 9-16",
        "数学 @ B202: 1 1-2, all 17-18",
    ]
    assert [draft.teacher for draft in reading.courses] == ["张", "张 / 李", "李"]
    assert [(notice.code, notice.path) for notice in reading.notices] == [("two_places", "courses[1]")]
    assert told(reading.notices) == ['"数学" has two places in weeks 9-16, joined to "A101 / B202".']


def test_three_places_are_joined_in_file_order() -> None:
    reading = read(course("数学", "C"), course("数学", "A"), course("数学", "B"))

    assert said(reading.courses) == ["数学 @ C / A / B: 1 1-2, all 1-16"]
    assert len(reading.notices) == 1


def test_no_place_beside_a_place_is_that_place() -> None:
    assert said(read(course("数学", "待定"), course("数学", "A101")).courses) == ["数学 @ A101: 1 1-2, all 1-16"]


def test_singles_of_one_place_meet_the_range_of_another() -> None:
    reading = read(course("数学", "A101", *sections((9, 9), (10, 10), (11, 11))), course("数学", "B202", *sections((9, 11))))

    assert said(reading.courses) == ["数学 @ A101 / B202: 1 9-11, all 1-16"]


def test_another_name_in_the_same_cell_is_left_to_the_clash_list() -> None:
    assert len(read(course("数学", "A101"), course("物理", "B202")).courses) == 2


def test_teachers_are_the_distinct_names_of_the_rows_in_file_order() -> None:
    reading = read(course(teacher="李"), course(teacher="待定"), course(teacher="张; 王"), course(teacher="李"))

    assert [draft.teacher for draft in reading.courses] == ["李 / 张; 王"]


def test_a_course_is_a_filler_if_any_row_says_so_and_leaves_the_most_that_one_says() -> None:
    (only,) = read(course(attention_left=2), course(is_allow_tasks=True)).courses

    assert (only.is_filler, only.attention_left) == (True, 2)


def test_arrangements_go_by_day_and_section_and_courses_by_their_first_row() -> None:
    late, early = arrangement(day=5, sections=(1, 2)), arrangement(day=1, sections=(3, 4))

    reading = read(course("物理", "A101", late, early), course("数学", "A101"))

    assert said(reading.courses) == ["物理 @ A101: 1 3-4, all 1-16", "物理 @ A101: 5 1-2, all 1-16", "数学 @ A101: 1 1-2, all 1-16"]


def test_a_teacher_that_becomes_too_long_is_refused_at_the_row_that_makes_it_so() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(*(course(teacher=letter * 120) for letter in "abcd"))

    assert [(error.field, error.rule) for error in refused.value.errors] == [("courses[2].teacher", "length")]


def test_a_place_that_becomes_too_long_is_refused_at_the_row_that_makes_it_so() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(course("数学", "a" * 200), course("数学", "b" * 200))

    assert [(error.field, error.rule) for error in refused.value.errors] == [("courses[1].location", "length")]


def test_more_arrangements_than_a_course_may_have_are_refused_after_uniting() -> None:
    many = [arrangement((week, week), day, (section, section)) for week in (1, 3) for day in range(1, 6) for section in (1, 3, 6, 8, 11)]
    more = [arrangement((6, 6), 6, (1, 1))]

    assert len(read(course("数学", "A101", *many)).courses[0].arrangements) == 25
    with pytest.raises(InvalidInput) as refused:
        read(
            course("数学", "A101", *[each | {"end_week": each["start_week"]} for each in many[:25]]),
            course("数学", "A101", *[each | {"start_week": 6, "end_week": 6} for each in many[25:]]),
            course("数学", "A101", *more),
        )
    assert [(error.field, error.rule) for error in refused.value.errors] == [("courses[0]", "max")]


def test_more_courses_than_a_file_may_have_are_refused_in_normal_form_too() -> None:
    rows = [Row(f"{n}", "", "", 1, 1, 2, frozenset({1}), path="", location_path="", teacher_path="") for n in range(501)]

    with pytest.raises(ImportUnreadable) as refused:
        normal_form(rows, frozenset(), Errors())

    assert [(error.field, error.rule) for error in refused.value.errors] == [("courses", "max")]


@pytest.mark.parametrize("code", TEXTS)
def test_a_warning_says_the_same_in_both_languages(code: str) -> None:
    zh, en = TEXTS[code].placeholders()

    assert zh == en


def test_numbers_are_said_in_ranges() -> None:
    assert say_numbers({1, 2, 3, 5, 7, 8}) == "1-3, 5, 7-8"
