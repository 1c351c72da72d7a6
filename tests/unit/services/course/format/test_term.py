import json
from datetime import date, time
from typing import Any

import pytest
from msgspec.structs import replace

from smartflow.client.course import Reading, ReadingTerms
from smartflow.services.course.format import reader
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.hours import Hours, Preferences
from smartflow.shared.kernel.refusal import InvalidInput
from tests.unit.services.course.format.samples import NONE, OWN, TERM, arrangement, course, load

MEMBERS = load("expected/term.term.json")
TASTE = Preferences(forbidden=(Hours(time(22), time(0)),), daily_cap_minutes=300, attention=(3,) * 12)
LATER = {**MEMBERS, "first_monday": "2026-09-14", "last_day": "2027-01-17"}


def read(term: Any, terms: ReadingTerms = OWN, *courses: Any) -> Reading:
    return reader.read(json.dumps({"term": term, "courses": list(courses or [course()])}).encode(), terms)


def broken(term: Any, terms: ReadingTerms = OWN, *courses: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidInput) as refused:
        read(term, terms, *courses)
    return [(error.field, error.rule, error.code) for error in refused.value.errors]


def test_a_person_with_a_term_keeps_it_and_hears_that_the_file_begins_elsewhere() -> None:
    reading = read(LATER)

    assert reading.term_in_use == TERM
    assert reading.adopt is None
    assert reading.term_suggestion
    assert reading.term_suggestion.first_monday == date(2026, 9, 14)
    assert [(notice.code, notice.path, notice.facts) for notice in reading.notices] == [
        ("term_differs", None, {"theirs": "2026-09-14", "yours": "2026-09-07"})
    ]
    assert reading.courses[0].arrangements[0].weeks.start == 1


def test_a_file_that_only_ends_on_another_day_suggests_it_without_a_warning() -> None:
    reading = read({**MEMBERS, "last_day": "2027-01-17"})

    assert reading.term_suggestion
    assert reading.notices == ()


def test_a_suggestion_to_adopt_is_completed_from_the_persons_term() -> None:
    own = ReadingTerms(replace(TERM, name="Autumn", preferences=TASTE), own=True, adopt_term=True)

    reading = read(LATER, own)

    assert reading.adopt == reading.term_in_use == replace(own.term, first_monday=date(2026, 9, 14), last_day=date(2027, 1, 17))
    assert reading.notices == ()


def test_attention_levels_of_another_table_are_not_taken_over() -> None:
    own = ReadingTerms(replace(TERM, preferences=TASTE), own=True, adopt_term=True)

    reading = read({**MEMBERS, "sections": MEMBERS["sections"][:10]}, own)

    assert reading.adopt
    assert reading.adopt.preferences == replace(TASTE, attention=None)


def test_adopting_means_nothing_to_a_file_without_a_term() -> None:
    reading = reader.read(json.dumps([course()]).encode(), replace(OWN, adopt_term=True))

    assert reading.adopt is None
    assert reading.term_in_use == TERM


def test_courses_are_held_against_the_term_in_use() -> None:
    late = course("数学", "A101", arrangement(weeks=(18, 19)))
    longer = {**MEMBERS, "last_day": "2027-01-17"}
    beyond = [("courses[0].arrangements[0].end_week", "max", "40023")]

    assert broken(longer, OWN, late) == beyond
    assert read(longer, replace(OWN, adopt_term=True), late).courses
    assert read(longer, NONE, late).courses
    assert broken(MEMBERS, NONE, late) == beyond


def test_a_meeting_on_a_day_that_the_short_last_week_lacks_is_outside_the_term() -> None:
    short = {**MEMBERS, "last_day": "2027-01-06"}
    friday = course("数学", "A101", arrangement(weeks=(1, 18), day=5))
    odd_friday = course("数学", "A101", arrangement(weeks=(1, 18), day=5, week_type="odd"))

    assert broken(short, NONE, friday) == [("courses[0].arrangements[0].end_week", "max", "40023")]
    assert read(short, NONE, odd_friday).courses


def test_without_a_zone_the_persons_counts_and_without_breaks_the_long_pauses_do() -> None:
    few = {name: value for name, value in MEMBERS.items() if name not in {"zone", "breaks"}}

    reading = read(few, ReadingTerms(replace(NONE.term, zone="Europe/London"), own=False))

    assert reading.term_suggestion
    assert (reading.term_suggestion.zone, reading.term_suggestion.breaks) == ("Europe/London", (4, 8))


def test_everything_that_a_term_says_is_read() -> None:
    members = {
        **MEMBERS,
        "term_id": 7,
        "weeks": 99,
        "name": " Autumn\n2026 ",
        "preferred_hours": [{"start": "08:00", "end": "12:00"}],
        "forbidden_hours": [{"days_of_week": [7, 6], "start": "22:00", "end": "07:00"}],
        "daily_cap_minutes": 240,
        "attention": [1] * 12,
    }

    reading = read(members, replace(NONE, adopt_term=True))

    assert reading.adopt == replace(
        TERM,
        name="Autumn 2026",
        preferences=Preferences((Hours(time(8), time(12)),), (Hours(time(22), time(7), frozenset({6, 7})),), 240, (1,) * 12),
    )


def test_null_says_nothing() -> None:
    reading = read(MEMBERS | dict.fromkeys(("name", "zone", "breaks", "preferred_hours", "daily_cap_minutes", "attention")))

    assert reading.term_suggestion is None
    assert read(None, NONE).term_suggestion is None


@pytest.mark.parametrize("terms", [OWN, NONE])
@pytest.mark.parametrize(
    ("term", "errors"),
    [
        (7, [("term", "type")]),
        ({}, [("term.first_monday", "required"), ("term.last_day", "required"), ("term.sections", "required")]),
        ({**MEMBERS, "first_monday": "2026-09-08"}, [("term.first_monday", "format")]),
        ({**MEMBERS, "first_monday": "2026-W37-1"}, [("term.first_monday", "format")]),
        ({**MEMBERS, "first_monday": "20260907"}, [("term.first_monday", "format")]),
        ({**MEMBERS, "first_monday": 20260907}, [("term.first_monday", "type")]),
        ({**MEMBERS, "last_day": "2027-02-30"}, [("term.last_day", "format")]),
        ({**MEMBERS, "last_day": "2027-09-30"}, [("term.last_day", "max")]),
        ({**MEMBERS, "zone": "CST"}, [("term.zone", "unknown")]),
        ({**MEMBERS, "zone": ""}, [("term.zone", "unknown")]),
        ({**MEMBERS, "zone": 8}, [("term.zone", "type")]),
        ({**MEMBERS, "name": "x" * 65}, [("term.name", "length")]),
        ({**MEMBERS, "sections": {}}, [("term.sections", "type")]),
        ({**MEMBERS, "sections": []}, [("term.sections", "min"), ("term.breaks[0]", "max"), ("term.breaks[1]", "max")]),
        (
            {**MEMBERS, "sections": [{"section": True, "start": "8:00", "end": 900}, 7], "breaks": [99]},
            [
                ("term.sections[0].section", "type"),
                ("term.sections[0].start", "format"),
                ("term.sections[0].end", "type"),
                ("term.sections[1]", "type"),
            ],
        ),
        ({**MEMBERS, "breaks": [4, "8", 1.0]}, [("term.breaks[1]", "type"), ("term.breaks[2]", "type")]),
        ({**MEMBERS, "daily_cap_minutes": 0}, [("term.daily_cap_minutes", "min")]),
        ({**MEMBERS, "attention": [4]}, [("term.attention", "length"), ("term.attention[0]", "max")]),
        ({**MEMBERS, "forbidden_hours": [{"start": "08:00"}]}, [("term.forbidden_hours[0].end", "required")]),
    ],
)
def test_each_rule_that_a_term_breaks_is_named(term, errors, terms) -> None:
    assert broken(term, terms) == [(field, rule, "40019") for field, rule in errors]


def test_a_broken_term_is_no_measure_for_courses_but_they_are_checked_all_the_same() -> None:
    courses = course("", "A101", arrangement(weeks=(30, 41), sections=(20, 25)))

    assert broken({**MEMBERS, "zone": "CST"}, NONE, courses) == [
        ("term.zone", "unknown", "40019"),
        ("courses[0].course_name", "required", "40019"),
        ("courses[0].arrangements[0].end_week", "max", "40023"),
        ("courses[0].arrangements[0].end_section", "max", "40041"),
    ]


def test_a_draft_can_state_a_term_that_is_set() -> None:
    assert TermDraft.of(TERM.term) == TERM
