import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.client.course import ImportUnreadable
from smartflow.client.schedule.course import CourseDraft
from smartflow.services.course.format import reader, smartflow
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.services.course.format.samples import NONE, OWN, TERM, arrangement, course


def read(value: Any) -> tuple[CourseDraft, ...]:
    return reader.read(json.dumps(value).encode(), OWN).courses


def broken(value: Any) -> list[tuple[str, str, str]]:
    with pytest.raises((InvalidInput, ImportUnreadable)) as refused:
        read(value)
    return [(error.field, error.rule, error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("member", "value", "rule", "code"),
    [
        ("start_week", 0, "min", "40042"),
        ("start_week", "1", "type", "40019"),
        ("start_week", 1.0, "type", "40019"),
        ("start_week", None, "required", "40019"),
        ("end_week", 19, "max", "40023"),
        ("end_week", 10**30, "max", "40023"),
        ("day_of_week", 0, "min", "40042"),
        ("day_of_week", 8, "max", "40042"),
        ("day_of_week", True, "type", "40019"),
        ("start_section", 0, "min", "40041"),
        ("end_section", 13, "max", "40041"),
        ("end_section", [], "type", "40019"),
        ("week_type", "biweekly", "enum", "40019"),
        ("week_type", 1, "type", "40019"),
        ("week_type", None, "type", "40019"),
    ],
)
def test_a_coordinate_that_cannot_be_is_refused_by_its_own_code(member: str, value: Any, rule: str, code: str) -> None:
    bad = arrangement(**{member: value})

    assert broken([course("数学", "A101", bad)]) == [(f"courses[0].arrangements[0].{member}", rule, code)]


def test_ranges_that_end_before_they_begin_are_told_apart() -> None:
    bad = arrangement(weeks=(5, 4), sections=(2, 1))

    assert broken([course("数学", "A101", bad)]) == [
        ("courses[0].arrangements[0].end_week", "order", "40019"),
        ("courses[0].arrangements[0].end_section", "order", "40043"),
    ]


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"course_name": 7}, [("course_name", "type")]),
        ({"course_name": None}, [("course_name", "required")]),
        ({"course_name": " \u202e "}, [("course_name", "required")]),
        ({"course_name": "x" * 256}, [("course_name", "length")]),
        ({"location": None}, [("location", "type")]),
        ({"location": "x" * 256}, [("location", "length")]),
        ({"teacher": "\udc00"}, [("teacher", "format")]),
        ({"is_allow_tasks": 1}, [("is_allow_tasks", "type")]),
        ({"attention_left": 4}, [("attention_left", "max")]),
        ({"attention_left": True}, [("attention_left", "type")]),
        ({"arrangements": []}, [("arrangements", "min")]),
        ({"arrangements": {}}, [("arrangements", "type")]),
        ({"arrangements": None}, [("arrangements", "required")]),
        ({"arrangements": [7]}, [("arrangements[0]", "type")]),
        ({"arrangements": [arrangement()] * 51}, [("arrangements", "max")]),
    ],
)
def test_a_course_that_cannot_be_is_refused(more: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    wanted = [(f"courses[1].{field}", rule, "40019") for field, rule in errors]

    assert broken([course(), {**course("物理"), **more}]) == wanted


def test_members_that_are_missing_are_named_and_others_are_ignored() -> None:
    assert broken({"format": "smartflow", "courses": [{"color": "red"}]}) == [
        ("courses[0].course_name", "required", "40019"),
        ("courses[0].arrangements", "required", "40019"),
    ]
    assert read([{**course(), "color": "red"}])


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"version": 2}, ("version", "enum", "42204")),
        ({"version": "1"}, ("version", "enum", "42204")),
        ({"version": True}, ("version", "enum", "42204")),
        ({"format": "smartfl0w"}, ("format", "enum", "42204")),
        ({"courses": [course()] * 501}, ("courses", "max", "42204")),
        ({"format": "smartflow", "courses": []}, ("file", "empty", "42204")),
        ({"format": "smartflow", "courses": {}}, ("courses", "type", "40019")),
        ({"format": "smartflow", "courses": None}, ("courses", "required", "40019")),
        ({"courses": [course("数学", f"A{n}", *[arrangement()] * 2) for n in range(250)]}, ("courses", "max", "40019")),
    ],
)
def test_a_frame_that_cannot_be_is_refused(more: dict[str, Any], error: tuple[str, str, str]) -> None:
    assert broken({"version": 1, "courses": [course()], **more}) == [error]


def test_what_nobody_says_is_every_week_no_filler_and_the_least_attention() -> None:
    (only,) = read([course()])

    assert (only.is_filler, only.attention_left, only.teacher) == (False, 1, "")
    assert only.arrangements[0].weeks.type == "all"


names = st.sampled_from(["数学", "物理", "Maths"])
rows = st.builds(
    lambda weeks, day, sections, kind: arrangement(tuple(sorted(weeks)), day, tuple(sorted(sections)), week_type=kind),
    st.lists(st.integers(1, 18), min_size=2, max_size=2, unique=True),
    st.integers(1, 3),
    st.lists(st.integers(1, 12), min_size=2, max_size=2),
    st.sampled_from(["all", "all", "odd", "even"]),
)
courses = st.builds(
    lambda name, location, teacher, arrangements, filler, attention: course(
        name, location, *arrangements, teacher=teacher, is_allow_tasks=filler, attention_left=attention
    ),
    names,
    st.sampled_from(["A101", "B202", "", "待定"]),
    st.sampled_from(["张", "李", "", "TBD"]),
    st.lists(rows, min_size=1, max_size=4),
    st.booleans(),
    st.integers(1, 3),
)


def cells(drafts: tuple[CourseDraft, ...]) -> list[tuple[str, int, int, int]]:
    """Give every section that a name meets in, once per course."""
    return [
        (draft.name, week, each.day, section)
        for draft in drafts
        for each in draft.arrangements
        for week in each.weeks.weeks
        for section in range(each.first, each.last + 1)
    ]


def cells_of(values: list[dict[str, Any]]) -> set[tuple[str, int, int, int]]:
    wanted = {"all": (0, 1), "odd": (1,), "even": (0,)}
    return {
        (value["course_name"], week, each["day_of_week"], section)
        for value in values
        for each in value["arrangements"]
        for week in range(each["start_week"], each["end_week"] + 1)
        for section in range(each["start_section"], each["end_section"] + 1)
        if week % 2 in wanted[each["week_type"]]
    }


@given(st.lists(courses, min_size=1, max_size=6))
def test_what_is_written_reads_back_equal(values: list[dict[str, Any]]) -> None:
    drafts = read(values)

    again = reader.read(smartflow.write(drafts, TERM).file, OWN)

    assert again.courses == drafts
    assert again.notices == ()
    assert again.term_suggestion is None


@given(st.lists(courses, min_size=1, max_size=6))
def test_no_section_is_lost_or_made_up_and_none_is_held_twice_by_one_course(values: list[dict[str, Any]]) -> None:
    drafts = read(values)

    assert set(cells(drafts)) == cells_of(values)
    for draft in drafts:
        held = cells((draft,))
        assert len(held) == len(set(held))


def test_the_term_is_written_whole() -> None:
    taste = Preferences((Hours(TERM.sections[0].start, TERM.sections[3].end, frozenset({1, 5})),), (), 240, (2,) * 12)
    term = replace(TERM, name="Autumn", preferences=taste)

    written = smartflow.write(read([course()]), term)

    assert reader.read(written.file, replace(NONE, adopt_term=True)).adopt == term
    assert written.notices == ()


def test_a_body_is_read_like_a_file_and_its_errors_are_named_by_their_paths() -> None:
    body = {"courses": [course()], "mode": "merge", "dry_run": True}

    assert reader.read_body(json.dumps(body).encode(), OWN).courses == read([course()])


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ("7", [("", "type", "40005")]),
        ("[1", [("", "format", "40005")]),
        ("[" * 65, [("", "format", "40005")]),
        ("{}", [("courses", "required", "40004")]),
        ('{"courses":[]}', [("courses", "min", "40019")]),
        ('{"courses":7}', [("courses", "type", "40019")]),
        ('{"courses":[1],"format":"ics","version":2}', [("format", "enum", "40019"), ("courses[0]", "type", "40019")]),
        ('{"courses":[1],"version":true}', [("version", "enum", "40019"), ("courses[0]", "type", "40019")]),
        (json.dumps({"courses": [7] * 501}), [("courses", "max", "40019")]),
    ],
)
def test_a_body_that_breaks_rules_is_refused(body: str, errors: list[tuple[str, str, str]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        reader.read_body(body.encode(), OWN)

    assert [(error.field, error.rule, error.code) for error in refused.value.errors] == errors


def test_a_body_whose_courses_become_too_many_when_places_are_put_together_is_refused() -> None:
    halves = [course(f"{n}", place, arrangement(weeks, n % 7 + 1)) for n in range(200) for place, weeks in (("A", (1, 8)), ("B", (8, 9)))]

    with pytest.raises(InvalidInput) as refused:
        reader.read_body(json.dumps({"courses": halves}).encode(), OWN)

    assert [(error.field, error.rule, error.code) for error in refused.value.errors] == [("courses", "max", "40019")]


def test_errors_are_counted_to_a_thousand() -> None:
    with pytest.raises(InvalidInput) as refused:
        read([course("", "A", *[arrangement(day=9)] * 50) for _ in range(30)])

    assert len(refused.value.errors) == 1000


def test_one_course_is_read_by_its_own_paths() -> None:
    bad = course("", "A101", arrangement(day=9), arrangement(weeks=(3, 3), week_type="even"))

    assert reader.read_course(json.dumps(course()).encode(), OWN) == read([course()])[0]
    with pytest.raises(InvalidInput) as refused:
        reader.read_course(json.dumps(bad).encode(), OWN)
    assert [(error.field, error.rule, error.code) for error in refused.value.errors] == [
        ("course_name", "required", "40019"),
        ("arrangements[0].day_of_week", "max", "40042"),
        ("arrangements[1]", "weeks_empty", "40019"),
    ]
