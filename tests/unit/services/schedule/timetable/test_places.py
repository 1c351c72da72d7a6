"""What may stand where: places, windows, sources, reports, classes whose rules are edited."""

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Hide, Move, Pin, Remove, Report, Restore, added_by
from smartflow.client.schedule.place import Nominal, Source
from smartflow.client.schedule.violation import RULES
from smartflow.services.schedule.timetable.facts import ClassFacts, CourseFacts, ItemFacts
from smartflow.services.schedule.timetable.validate import validate
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
    but,
    changes,
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


def test_every_violation_says_itself_in_both_languages():
    state = schedule({5: meeting(MATHS, at(1, 1, 1, 2))}, now=noon(8, 1))
    found = validate(state, changes(Add(ONE, at(8, 1, 4, 5)), Add(LAB, at(1, 1, 2, 2)), Add(MAIL, at(9, 1, 1, 2)), Remove(99)))

    assert {"outside_class", "crosses_break", "occupied", "duration_differs", "in_the_past", "outside_term", "event_missing"} <= set(
        codes(found)
    )
    for each in found:
        assert each.text.render("zh", **each.facts)
        assert "{" not in each.text.render("en", **each.facts)
    assert all(len(set(rule.text.placeholders())) == 1 for rule in RULES.values())
