"""The acceptance examples that concern writing, on the model."""

from datetime import date

from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Hide, Remove
from smartflow.client.schedule.classes import ItemNotFound
from smartflow.client.schedule.violation import (
    AlreadyPlaced,
    EventNotFound,
    PlaceOccupied,
    RulesBroken,
    Violation,
    ranked,
    shared_number,
)
from smartflow.client.task import TaskNotFound
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.validate import validate
from tests.unit.services.schedule.timetable.world import (
    CLASS,
    LAB,
    LECTURE,
    MATHS,
    ONE,
    THREE,
    TWO,
    adding,
    at,
    busy,
    but,
    changes,
    clock,
    codes,
    errors,
    meeting,
    schedule,
    work,
)


def test_a_filler_meeting_of_four_sections_hosts_two_guests_and_no_third():
    state = schedule({9: meeting(LECTURE, at(1, 2, 1, 4))})
    both = changes(Add(ONE, at(1, 2, 1, 2, host=9)), Add(TWO, at(1, 2, 3, 4, host=9)))

    applied = apply(state, both).after

    assert errors(state, both) == []
    assert len(applied.guests(9)) == 2
    assert {"host_taken"} <= set(codes(errors(applied, adding(THREE, at(1, 2, 3, 4, host=9)))))


def test_host_sections_with_a_guest_are_nobody_elses():
    state = schedule({9: meeting(LECTURE, at(1, 2, 1, 4)), 5: work(ONE, at(1, 2, 1, 2, host=9))})

    assert codes(errors(state, adding(LAB, at(1, 2, 1, 2, host=9)))) == ["host_taken"]
    assert codes(errors(state, adding(LAB, at(1, 2, 1, 2)))) == ["occupied"]
    assert errors(state, adding(LAB, at(1, 2, 3, 4, host=9))) == []


def test_an_event_on_the_last_sunday_of_the_window_is_named():
    until_sunday = but(replace(CLASS, end=date(2026, 10, 18)))
    state = schedule({9: meeting(MATHS, at(6, 7, 1, 2))}, sources=until_sunday)

    no = refusal(validate(state, adding(ONE, at(6, 7, 1, 2))))

    assert isinstance(no, PlaceOccupied)
    assert (no.status, [entry.id for each in no.details.violations for entry in each.collides_with]) == (409, [9])


def test_a_plan_with_two_items_on_one_section_is_refused_with_both():
    state = schedule()
    plan = changes(Add(ONE, at(1, 2, 1, 2)), Add(LAB, at(1, 2, 1, 2)))

    no = refusal(validate(state, plan))

    assert isinstance(no, PlaceOccupied)
    assert {each.subject for each in no.details.violations} == {ONE, LAB}
    assert state == schedule()


def test_an_item_that_is_placed_is_not_applied_again_alone_or_embedded():
    state = schedule({9: meeting(LECTURE, at(1, 3, 1, 4)), 5: work(ONE, at(1, 2, 1, 2))})

    for place in (at(1, 4, 1, 2), at(1, 3, 1, 2, host=9)):
        no = refusal(validate(state, adding(ONE, place)))
        assert isinstance(no, AlreadyPlaced)
        assert no.details.violations[0].collides_with[0].id == 5


def test_one_batch_takes_a_placed_item_and_a_course_off():
    state = schedule({9: meeting(MATHS, at(1, 3, 1, 4)), 5: work(ONE, at(1, 2, 1, 2))})
    batch = changes(Remove(5), Remove(9))

    outcome = apply(state, batch)

    assert errors(state, batch) == []
    assert outcome.after.events == {}
    assert outcome.after.standing(ONE) == ()
    assert outcome.after.facts.shown(ONE)
    assert not outcome.after.facts.shown(MATHS)


def test_the_code_of_a_refusal_is_the_one_that_all_errors_share():
    state = schedule({9: meeting(MATHS, at(1, 1, 1, 2))}, busy=[busy(1, 2, clock(8), clock(9))])
    everything = changes(Add(ONE, at(1, 1, 1, 2)), Add(LAB, at(1, 2, 1, 2)))

    assert shared_number(validate(state, everything)) == "40026"
    assert isinstance(refusal(validate(state, changes(Remove(99)))), EventNotFound)
    assert isinstance(refusal(validate(state, changes(Hide(ONE), Add(ONE, at(1, 4, 1, 2))))), ItemNotFound)


def test_errors_of_several_codes_are_an_occupied_place_if_there_is_one_and_else_broken_rules():
    state = schedule({9: meeting(MATHS, at(1, 1, 1, 2))})

    with_place = validate(state, changes(Add(ONE, at(1, 1, 1, 2)), Remove(99)))
    without = validate(state, changes(Add(ONE, at(8, 1, 1, 2)), Remove(99)))

    assert isinstance(refusal(with_place), PlaceOccupied)
    assert isinstance(refusal(without), RulesBroken)


def test_warnings_alone_are_no_refusal_and_are_shown_behind_the_errors():
    state = schedule({9: meeting(MATHS, at(1, 1, 2, 3))})

    assert refusal(validate(state, adding(LAB, at(1, 2, 2, 3)))) is None
    no = refusal(validate(state, changes(Add(LAB, at(1, 1, 2, 3)), Add(ONE, at(8, 1, 1, 2)))))
    assert no is not None
    assert codes(no.details.violations) == ["outside_class", "occupied", "unaligned"]


def test_a_task_that_is_not_there_is_refused_as_the_task_service_does():
    state = schedule(sources=())

    assert isinstance(refusal(validate(state, adding(LAB, at(1, 1, 1, 2)))), TaskNotFound)


def test_violations_are_shown_in_the_order_of_the_catalogue():
    numbers = ["40026", "42203", "40025", "40028", "40027", "40049", "40035", "40034", "40031", "40036", "40050", "40023", "40043", "40042"]
    mixed = [Violation("occupied", "INV-1", number, "error", 0) for number in [*numbers, "40041"]]

    assert [each.number for each in ranked(mixed)] == ["40041", *reversed(numbers)]
