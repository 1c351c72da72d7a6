"""Warnings: said, and refusing nothing."""

from datetime import time

from msgspec.structs import replace

from smartflow.client.schedule.change import Move, Pin
from smartflow.services.schedule.timetable.validate import validate
from smartflow.shared.calendar.hours import Hours
from tests.unit.services.schedule.timetable.world import (
    LAB,
    LECTURE,
    MAIL,
    MATHS,
    ONE,
    TASK,
    adding,
    allowed,
    at,
    but,
    changes,
    codes,
    liking,
    meeting,
    noon,
    schedule,
    work,
)


def test_a_well_placed_block_has_no_warning():
    assert validate(schedule(), adding(ONE, at(1, 1, 1, 2))) == []


def test_a_block_off_the_pairs_is_unaligned():
    state = schedule()

    found = validate(state, adding(ONE, at(1, 1, 2, 3)))

    assert [(each.code, each.severity, each.number) for each in found] == [("unaligned", "warning", "")]
    assert allowed(found)
    assert validate(state, adding(MATHS, at(1, 1, 2, 3))) == []


def test_a_length_other_than_what_is_left_is_said():
    half = schedule({5: work(ONE, at(1, 1, 1, 2), state="partly", done_sections=1)})

    assert [each.facts for each in validate(schedule(), adding(ONE, at(1, 2, 1, 4)))] == [{"length": 4, "left": 2}]
    assert [each.facts for each in validate(half, adding(ONE, at(1, 2, 1, 2)))] == [{"length": 2, "left": 1}]
    assert validate(half, adding(ONE, at(1, 2, 1, 1))) == []


def test_forbidden_hours_are_a_wall_to_the_planner_only():
    state = schedule(preferences=liking(forbidden=(Hours(time(22), time(8), frozenset({1})),)))

    assert codes(validate(state, adding(ONE, at(1, 1, 11, 12)))) == ["forbidden_hours"]
    assert validate(state, adding(ONE, at(1, 2, 1, 2))) == []
    assert validate(state, adding(ONE, at(1, 2, 11, 12))) == []


def test_a_block_in_the_past_is_said_once_it_is_put_there():
    state = schedule({5: work(LAB, at(1, 1, 1, 2))}, now=noon(1, 3))

    assert codes(validate(state, adding(ONE, at(1, 2, 1, 2)))) == ["in_the_past"]
    assert validate(state, changes(Pin(5, pinned=True))) == []


def test_a_task_after_its_deadline_is_said():
    state = schedule(sources=but(replace(TASK, deadline=noon(1, 2))))

    assert codes(validate(state, adding(LAB, at(1, 2, 5, 6)))) == ["after_deadline"]
    assert validate(state, adding(LAB, at(1, 2, 1, 2))) == []


def test_the_daily_cap_counts_what_is_placed_guests_included():
    events = {4: meeting(LECTURE, at(1, 1, 9, 12)), 5: work(MAIL, at(1, 1, 9, 10, host=4)), 6: work(ONE, at(1, 1, 5, 6))}
    state = schedule(events, preferences=liking(daily_cap_minutes=250))

    found = validate(state, changes(Move(6, at(1, 1, 7, 8))))

    assert validate(state, changes(Move(6, at(1, 1, 7, 8)))) == []
    found = validate(state, adding(LAB, at(1, 1, 1, 2)))
    assert [(each.code, each.facts) for each in found] == [("over_daily_cap", {"minutes": 300, "cap": 250})]


def test_without_a_cap_of_ones_own_six_hours_are_the_cap():
    events = {5: work(MAIL, at(1, 1, 1, 4)), 6: work(ONE, at(1, 1, 5, 8))}

    found = validate(schedule(events), adding(LAB, at(1, 1, 9, 10)))

    assert codes(found) == ["over_daily_cap"]
    assert found[0].facts["cap"] == 360
