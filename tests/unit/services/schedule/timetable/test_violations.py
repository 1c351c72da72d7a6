"""Every code of the table of invariants, one by one."""

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Hide, Move, Pin, Remove, Report, Restore, added_by
from smartflow.client.schedule.place import Nominal, Source
from smartflow.services.schedule.timetable.facts import ClassFacts, CourseFacts, ItemFacts
from smartflow.services.schedule.timetable.validate import standing_trouble, validate
from tests.unit.services.schedule.timetable.world import (
    CLASS,
    FOUR,
    LAB,
    LECTURE,
    MAIL,
    MATHS,
    MONDAY,
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


@pytest.mark.parametrize(
    ("place", "code", "number"),
    [
        (at(9, 1, 1, 2), "outside_term", "40023"),
        (at(8, 6, 1, 2), "outside_term", "40023"),
        (at(1, 8, 1, 2), "bad_day", "40042"),
        (at(0, 1, 1, 2), "bad_day", "40042"),
        (at(1, 1, 12, 13), "unknown_section", "40041"),
        (at(1, 1, 0, 1), "unknown_section", "40041"),
        (at(1, 1, 2, 1), "bad_range", "40043"),
    ],
)
def test_a_place_exists(place, code, number):
    standing = schedule({5: work(LAB, at(1, 1, 1, 2))})

    for wrong in (only(errors(schedule(), adding(LAB, place))), only(errors(standing, changes(Move(LAB, place))))):
        assert (wrong.code, wrong.number, wrong.invariant, wrong.place) == (code, number, "INV-5", place)


def test_both_ends_of_a_class_are_inside():
    first, last = at(1, 1, 1, 2), at(6, 5, 11, 12)

    assert errors(schedule(), changes(Add(ONE, first), Add(TWO, last))) == []


@pytest.mark.parametrize("place", [at(6, 6, 1, 2), at(8, 1, 1, 2)])
def test_an_item_stays_in_the_window_of_its_class(place):
    wrong = only(errors(schedule(), adding(ONE, place)))

    assert (wrong.code, wrong.invariant, wrong.number) == ("outside_class", "INV-5", "40049")
    assert wrong.facts == {"start": "2026-09-07", "end": "2026-10-16"}


def test_a_class_without_dates_has_the_whole_term():
    state = schedule(sources=but(replace(CLASS, start=None, end=None)))

    assert errors(state, adding(ONE, at(8, 5, 1, 2))) == []


def test_an_item_keeps_clear_of_excluded_days_and_pairs():
    state = schedule(sources=but(replace(CLASS, excluded_days=0b0000010, excluded_pairs=0b000100)))

    by_day = only(errors(state, adding(ONE, at(1, 2, 1, 2))))
    by_pair = [only(errors(state, adding(ONE, place))) for place in (at(1, 1, 5, 6), at(1, 1, 6, 7))]

    assert (by_day.code, by_day.invariant, by_day.number) == ("excluded_day", "INV-6", "40049")
    assert {(each.code, each.invariant, each.number) for each in by_pair} == {("excluded_slot", "INV-6", "40049")}
    assert errors(state, adding(LAB, at(1, 2, 5, 6))) == []


def test_a_placement_crosses_no_break_and_a_meeting_may():
    wrong = only(errors(schedule(), adding(ONE, at(1, 1, 4, 5))))

    assert (wrong.code, wrong.invariant, wrong.number) == ("crosses_break", "INV-7", "42203")
    assert errors(schedule(), adding(MATHS, at(1, 1, 4, 5))) == []


@pytest.mark.parametrize("state", ["live", "done"])
def test_no_source_is_placed_twice(state):
    wrong = only(errors(schedule({5: work(ONE, at(1, 1, 1, 2), state=state)}), adding(ONE, at(1, 2, 1, 2))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.collides_with[0].id) == ("already_placed", "INV-8", "40034", 5)


def test_two_placements_of_one_source_in_one_set_are_both_named():
    found = errors(schedule(), changes(Add(LAB, at(1, 1, 1, 2)), Add(LAB, at(1, 2, 1, 2))))

    assert [(each.code, each.index) for each in found] == [("already_placed", 0), ("already_placed", 1)]


def test_a_meeting_is_known_again_by_its_nominal_place_wherever_it_is():
    moved = replace(meeting(MATHS, at(1, 2, 1, 2)), place=at(1, 4, 5, 6))
    state = schedule({5: moved})

    assert codes(errors(state, adding(MATHS, at(1, 2, 1, 2)))) == ["already_placed"]
    assert codes(errors(state, adding(MATHS, at(1, 6, 1, 2), nominal=Nominal(1, 2, 1)))) == ["already_placed"]
    assert errors(state, adding(MATHS, at(1, 2, 3, 4))) == []


def test_what_replaces_a_placement_may_come_in_the_same_set():
    state = schedule({5: work(ONE, at(1, 1, 1, 2))})

    assert errors(state, changes(Add(ONE, at(1, 1, 1, 2)), Remove(ONE))) == []


@pytest.mark.parametrize("change", [Remove(ONE), Move(ONE, at(1, 1, 1, 2)), Report(ONE, "done"), Pin(ONE, pinned=True)])
def test_what_has_no_place_cannot_be_changed(change):
    wrong = only(errors(schedule({5: work(ONE, at(1, 1, 1, 2), state="skipped")}), changes(change)))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.subject) == ("not_placed", "INV-8", "40035", ONE)


def test_history_is_not_moved():
    state = schedule({5: work(ONE, at(1, 1, 1, 2), state="skipped")})

    assert codes(errors(state, changes(Move(5, at(1, 2, 1, 2))))) == ["not_placed"]


@pytest.mark.parametrize(
    ("source", "number"),
    [(Source.item(99), "40036"), (Source.task(99), "40050"), (Source.course(99), "40409"), (Source.task_class(1), "40020")],
)
def test_a_block_is_of_something_that_is_there(source, number):
    wrong = only(errors(schedule(), adding(source, at(1, 1, 1, 2))))

    assert (wrong.code, wrong.invariant, wrong.number, wrong.subject) == ("source_missing", "INV-9", number, source)


@pytest.mark.parametrize("hidden", [ItemFacts(1, 1, 1, hidden=True), ClassFacts(1, MONDAY, hidden=True)])
def test_a_hidden_source_is_a_missing_one(hidden):
    assert codes(errors(schedule(sources=but(hidden)), adding(ONE, at(1, 1, 1, 2)))) == ["source_missing"]


def test_hiding_and_restoring_need_a_source():
    for change in (Hide(Source.item(99)), Restore(Source.item(99)), Hide(Source.course(9)), Restore(Source.task_class(9))):
        assert codes(errors(schedule(), changes(change))) == ["source_missing"]
    hidden = schedule(sources=but(CourseFacts(1, hidden=True)))
    assert codes(errors(hidden, changes(Hide(MATHS)))) == ["source_missing"]


def test_an_item_does_not_come_back_without_its_class():
    state = schedule(sources=but(replace(CLASS, hidden=True), ItemFacts(1, 1, 1, hidden=True)))

    assert codes(errors(state, changes(Restore(ONE)))) == ["source_missing"]
    assert errors(state, changes(Restore(ONE), Restore(Source.task_class(1)))) == []


@pytest.mark.parametrize("change", [Remove(99), Move(99, at(1, 1, 1, 2)), Report(99, "done"), Pin(added_by(0), pinned=True)])
def test_an_event_that_is_not_the_owners_is_unknown(change):
    wrong = only(errors(schedule(), changes(change)))

    assert (wrong.code, wrong.invariant, wrong.number) == ("event_missing", "INV-10", "40031")


@pytest.mark.parametrize(
    "second", [Move(5, at(1, 1, 5, 6)), Move(LAB, at(1, 1, 3, 4)), Remove(5), Remove(LAB)], ids=["event", "source", "off", "off by source"]
)
def test_a_block_is_not_told_two_things(second):
    state = schedule({5: work(LAB, at(1, 1, 1, 2))})

    found = errors(state, changes(Move(5, at(1, 1, 3, 4)), second))

    assert [(each.code, each.number, each.index) for each in found] == [("named_twice", "42203", 0), ("named_twice", "42203", 1)]


def test_a_block_may_be_moved_and_reported_and_pinned_at_once():
    state = schedule({5: work(LAB, at(1, 1, 1, 2))})

    assert errors(state, changes(Move(5, at(1, 1, 3, 4)), Report(5, "done"), Pin(5, pinned=True))) == []


@pytest.mark.parametrize("report", [Report(5, "partly"), Report(5, "partly", 0), Report(5, "partly", 2), Report(5, "suspended")])
def test_a_report_makes_sense(report):
    wrong = only(errors(schedule({5: work(LAB, at(1, 1, 1, 2))}), changes(report)))

    assert (wrong.code, wrong.number) == ("bad_report", "42203")


def test_history_that_is_called_done_after_all_is_judged_like_a_new_block():
    state = schedule({5: work(ONE, at(1, 1, 1, 2), state="skipped"), 6: work(ONE, at(1, 3, 1, 2)), 7: work(LAB, at(1, 1, 2, 3))})

    assert set(codes(errors(state, changes(Report(5, "done"))))) == {"already_placed", "occupied"}


def test_an_edited_class_is_judged_with_all_its_live_blocks():
    events = {
        4: meeting(LECTURE, at(1, 3, 1, 2)),
        5: work(ONE, at(1, 1, 5, 6), state="done", done_sections=2),
        6: work(TWO, at(1, 2, 5, 6)),
        7: work(THREE, at(1, 3, 1, 2, host=4)),
        8: work(FOUR, at(3, 1, 7, 8)),
    }
    rules = replace(CLASS, end=replace_day(20), allow_fillers=False, excluded_days=0b10, excluded_pairs=0b100)
    state = schedule(events, sources=but(rules))

    assert errors(state, changes(Pin(6, pinned=True))) == []
    found = errors(state, changes(edited=(1,)))
    assert {(each.code, each.event, each.index) for each in found} == {
        ("excluded_day", 6, -1),
        ("excluded_slot", 6, -1),
        ("filler_not_allowed", 7, -1),
        ("outside_class", 8, -1),
    }


def replace_day(day):
    return MONDAY.replace(day=day)


def test_an_edited_class_keeps_the_order_of_what_is_placed():
    state = schedule({5: work(ONE, at(1, 1, 1, 2)), 6: work(TWO, at(1, 2, 1, 2))}, sources=but(ItemFacts(1, 1, 9)))

    assert [(each.code, each.event) for each in errors(state, changes(edited=(1,)))] == [("item_order", 5), ("item_order", 6)]


def test_standing_trouble_is_found_everywhere_and_blocks_nothing_else():
    events = {5: work(ONE, at(1, 2, 1, 2)), 6: work(TWO, at(1, 1, 1, 2)), 7: work(LAB, at(1, 1, 2, 3))}
    state = schedule(events)

    assert errors(state, changes(Add(MAIL, at(1, 3, 1, 2)), Pin(5, pinned=True))) == []
    assert {(each.code, each.event) for each in standing_trouble(state)} == {
        ("item_order", 5),
        ("item_order", 6),
        ("occupied", 6),
        ("occupied", 7),
    }


def test_places_of_another_term_are_meant_where_the_set_names_it():
    state = schedule({5: work(LAB, at(1, 1, 1, 2))}, sources=but(replace(CLASS, end=None)))

    assert errors(state, changes(Add(MAIL, at(1, 1, 1, 2)), term=2)) == []
    assert codes(errors(state, changes(Add(MAIL, at(5, 1, 1, 2)), term=2))) == ["outside_term"]


def test_violations_are_sorted_by_subject_code_and_place():
    state = schedule({5: meeting(MATHS, at(1, 1, 1, 4))})

    found = validate(state, changes(Add(MAIL, at(1, 1, 4, 5)), Add(TWO, at(1, 1, 2, 3)), Add(ONE, at(1, 1, 4, 5))))

    key = [(each.subject.type, each.subject.id, each.code) for each in found]
    assert key == sorted(key)


def test_a_guest_does_not_stay_in_a_host_that_goes_whatever_the_set_says_of_it():
    events = {5: meeting(LECTURE, at(1, 2, 1, 4)), 6: work(LAB, at(1, 2, 1, 2, host=5)), 7: meeting(LECTURE, at(2, 2, 1, 4))}

    wrong = only(errors(schedule(events), changes(Remove(5), Move(6, at(1, 2, 1, 2, host=5)))))

    assert (wrong.code, wrong.number, wrong.event) == ("event_missing", "40027", 6)
