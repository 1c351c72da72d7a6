"""Who may stand where others are: sections, busy blocks, hosts and guests, the order of items."""

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Move, Pin, Remove
from tests.unit.services.schedule.timetable.world import (
    CLASS,
    FOUR,
    LAB,
    LECTURE,
    MAIL,
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
    noon,
    schedule,
    standing_trouble,
    work,
)


def only(found):
    assert len(found) == 1, found
    return found[0]


def test_a_section_is_held_by_one_event_at_most():
    state = schedule({5: meeting(MATHS, at(1, 2, 2, 3))})

    wrong = only(errors(state, adding(ONE, at(1, 2, 3, 4))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.subject, wrong.index) == ("occupied", "INV-1", "40026", ONE, 0)
    assert [(entry.kind, entry.id, entry.source) for entry in wrong.collides_with] == [("event", 5, MATHS)]
    assert wrong.collides_with[0].starts_at.isoformat() == "2026-09-08T08:55:00+00:00"


def test_two_changes_that_want_one_section_are_both_named():
    found = errors(schedule(), changes(Add(LAB, at(1, 1, 1, 2)), Add(MAIL, at(1, 1, 2, 3))))

    assert [(each.code, each.subject, each.index) for each in found] == [("occupied", LAB, 0), ("occupied", MAIL, 1)]
    assert [(entry.kind, entry.id) for each in found for entry in each.collides_with] == [("change", 1), ("change", 0)]


def test_a_swap_needs_no_order_of_steps():
    state = schedule({5: work(LAB, at(1, 1, 1, 2)), 6: work(MAIL, at(1, 1, 3, 4))})

    assert errors(state, changes(Move(5, at(1, 1, 3, 4)), Move(6, at(1, 1, 1, 2)))) == []


def test_history_and_suspended_meetings_hold_no_section():
    state = schedule(
        {
            4: work(MAIL, at(1, 1, 1, 2), state="skipped"),
            5: work(LAB, at(1, 1, 1, 2), state="partly", done_sections=1),
            6: meeting(MATHS, at(1, 1, 1, 2), state="suspended"),
        }
    )

    assert errors(state, adding(ONE, at(1, 1, 1, 2))) == []


def test_what_is_done_still_holds_its_sections():
    state = schedule({5: work(LAB, at(1, 1, 1, 2), state="done", done_sections=2)})

    assert codes(errors(state, adding(ONE, at(1, 1, 1, 2)))) == ["occupied"]


def test_no_placement_is_put_onto_a_busy_block_but_a_meeting_may_be():
    state = schedule(busy=[busy(3, 2, clock(9), clock(9, 30))])

    wrong = only(errors(state, adding(ONE, at(1, 2, 1, 2))))

    assert (wrong.code, wrong.invariant, wrong.number) == ("busy", "INV-1", "40026")
    entry = only(wrong.collides_with)
    assert (entry.kind, entry.id, entry.calendar, entry.place) == ("busy", 3, 90, at(1, 2, 2, 2))
    assert errors(state, adding(MATHS, at(1, 2, 1, 2))) == []


def test_a_busy_block_between_two_sections_takes_none():
    state = schedule(busy=[busy(3, 2, clock(8, 45), clock(8, 55))])

    assert errors(state, adding(ONE, at(1, 2, 1, 2))) == []


def test_a_busy_block_over_midnight_counts_on_both_days():
    state = schedule(busy=[busy(3, 1, clock(22), clock(33))])

    assert codes(errors(state, adding(ONE, at(1, 1, 11, 12)))) == ["busy"]
    assert codes(errors(state, adding(ONE, at(1, 2, 1, 2)))) == ["busy"]


def test_a_busy_block_that_came_later_blocks_no_other_change():
    state = schedule({5: work(ONE, at(1, 2, 1, 2))}, busy=[busy(3, 2, clock(8), clock(9))])

    assert errors(state, changes(Pin(5, pinned=True), Add(TWO, at(1, 2, 3, 4)))) == []
    assert codes(standing_trouble(state)) == ["busy"]


def test_a_guest_on_a_busy_section_is_refused_too():
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4))}, busy=[busy(3, 2, clock(8), clock(9))])

    assert codes(errors(state, adding(ONE, at(1, 2, 1, 2, host=5)))) == ["busy"]


@pytest.mark.parametrize("place", [at(1, 2, 3, 6, 5), at(1, 3, 1, 2, 5), at(2, 2, 1, 2, 5)])
def test_a_guest_lies_in_its_host(place):
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4))})

    wrong = next(each for each in errors(state, adding(LAB, place)) if each.code == "outside_host")

    assert (wrong.invariant, wrong.number, wrong.place) == ("INV-2", "40028", place)


def test_a_meeting_that_does_not_take_place_hosts_nobody():
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4), state="suspended")})

    assert codes(errors(state, adding(ONE, at(1, 2, 1, 2, host=5)))) == ["outside_host"]


@pytest.mark.parametrize("host", [4, 99])
def test_a_host_that_is_no_meeting_is_unknown(host):
    state = schedule({4: work(LAB, at(1, 2, 1, 2))})

    wrong = only(errors(state, adding(ONE, at(1, 2, 1, 2, host=host))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.facts) == ("event_missing", "INV-10", "40027", {"host": host})


def test_one_guest_at_most_is_in_a_section_of_a_host():
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4)), 6: work(ONE, at(1, 2, 1, 2, host=5))})

    wrong = only(errors(state, adding(LAB, at(1, 2, 2, 2, host=5))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.collides_with[0].id) == ("host_taken", "INV-2", "40025", 6)


def test_a_host_is_a_filler_course():
    state = schedule({5: meeting(MATHS, at(1, 2, 1, 4))})

    wrong = only(errors(state, adding(LAB, at(1, 2, 1, 2, host=5))))

    assert (wrong.code, wrong.invariant, wrong.number) == ("host_not_filler", "INV-3", "42203")


def test_a_class_can_stay_out_of_fillers_and_a_person_may_put_any_task_there():
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4))}, sources=but(replace(CLASS, allow_fillers=False)))

    wrong = only(errors(state, adding(ONE, at(1, 2, 1, 2, host=5))))

    assert (wrong.code, wrong.invariant, wrong.number) == ("filler_not_allowed", "INV-3", "42203")
    assert errors(state, adding(LAB, at(1, 2, 1, 2, host=5))) == []


def test_items_follow_their_order():
    state = schedule({5: work(TWO, at(2, 1, 1, 2)), 6: work(FOUR, at(2, 3, 1, 2), state="done", done_sections=2)})

    wrong = only(errors(state, adding(THREE, at(1, 7, 1, 2))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.collides_with[0].id) == ("item_order", "INV-4", "42203", 5)
    assert codes(errors(state, adding(THREE, at(2, 4, 1, 2)))) == ["item_order"]
    assert errors(state, adding(THREE, at(2, 2, 1, 2))) == []


def test_items_of_one_class_do_not_overlap_as_guests_of_one_host_either():
    state = schedule({5: meeting(LECTURE, at(1, 2, 1, 4)), 6: work(ONE, at(1, 2, 3, 4, host=5))})

    assert codes(errors(state, adding(TWO, at(1, 2, 1, 2, host=5)))) == ["item_order"]


def test_a_make_up_owes_no_order_to_siblings_that_have_begun():
    events = {5: work(ONE, at(1, 1, 1, 2), state="skipped"), 6: work(TWO, at(1, 2, 1, 2))}
    make_up = adding(ONE, at(1, 4, 1, 2), makes_up=5)

    assert errors(schedule(events, now=noon(1, 3)), make_up) == []
    assert codes(errors(schedule(events, now=noon(1, 1)), make_up)) == ["item_order"]
    assert codes(errors(schedule(events, now=noon(1, 3)), adding(ONE, at(1, 4, 1, 2)))) == ["item_order"]


def test_a_make_up_names_a_block_of_its_own_source():
    state = schedule({5: work(ONE, at(1, 1, 1, 2), state="skipped")})

    for named in (5, 99):
        wrong = only(errors(state, adding(TWO, at(1, 2, 1, 2), makes_up=named)))
        assert (wrong.code, wrong.number, wrong.event) == ("event_missing", "40031", named)


def test_history_binds_no_order():
    state = schedule({5: work(TWO, at(1, 1, 1, 2), state="skipped")})

    assert errors(state, adding(ONE, at(1, 3, 1, 2))) == []


def test_a_guest_does_not_stay_in_a_host_that_goes_whatever_the_set_says_of_it():
    events = {5: meeting(LECTURE, at(1, 2, 1, 4)), 6: work(LAB, at(1, 2, 1, 2, host=5)), 7: meeting(LECTURE, at(2, 2, 1, 4))}

    wrong = only(errors(schedule(events), changes(Remove(5), Move(6, at(1, 2, 1, 2, host=5)))))

    assert (wrong.code, wrong.number, wrong.event) == ("event_missing", "40027", 6)
