"""What a change set makes of the rows: journal steps, guests and hosts, reports, pins, keys, hiding."""

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Hide, Move, Pin, Remove, Report, Restore, added_by
from smartflow.client.schedule.place import Nominal, Source
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.facts import CourseFacts, ItemFacts
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.calendar.sections import mask_of
from smartflow.shared.kernel.codec import pack, unpack
from tests.unit.services.schedule.timetable.world import (
    LAB,
    LECTURE,
    MAIL,
    MATHS,
    ONE,
    TWO,
    adding,
    at,
    but,
    changes,
    errors,
    meeting,
    schedule,
    work,
)


def steps(outcome):
    return [(step.op, step.event) for step in outcome.steps]


def test_an_added_block_has_the_id_that_the_source_of_ids_gives_it():
    change_set = changes(Pin(5, pinned=True), Add(LAB, at(1, 1, 3, 4)))
    state = schedule({5: work(ONE, at(1, 1, 1, 2))})

    provisional, given = apply(state, change_set), apply(state, change_set, lambda index: 100 + index)

    assert provisional.after.events[added_by(1)] == given.after.events[101] == work(LAB, at(1, 1, 3, 4), source_version=3)
    assert provisional.after.held((1, 1, 1)) == mask_of(1, 4)
    assert steps(provisional) == [("pin", 5), ("add", -2)]


def test_a_new_meeting_can_host_a_guest_of_the_same_set():
    outcome = apply(schedule(), changes(Add(LAB, at(1, 1, 1, 2, host=added_by(1))), Add(LECTURE, at(1, 1, 1, 4))), lambda index: 70 + index)

    assert outcome.after.events[70].place.host == 71
    assert outcome.after.guests(71) == (70,)
    assert [each for each in judge(outcome) if each.severity == "error"] == []


def test_a_meeting_keeps_its_nominal_place_and_its_key():
    outcome = apply(schedule(), changes(Add(MATHS, at(1, 2, 1, 2)), Add(MATHS, at(1, 6, 1, 2), nominal=Nominal(1, 3, 1), suspended=True)))
    one, other = outcome.after.events[-1], outcome.after.events[-2]

    assert (one.nominal, one.live_key) == (Nominal(1, 2, 1), "course:1:1:2:1")
    assert (other.nominal, other.live_key, other.state, other.held) == (Nominal(1, 3, 1), "course:1:1:3:1", "suspended", 0)
    moved = apply(outcome.after, changes(Move(-1, at(2, 4, 5, 6)))).after.events[-1]
    assert (moved.place, moved.live_key) == (at(2, 4, 5, 6), "course:1:1:2:1")


@pytest.mark.parametrize(
    ("report", "done", "key", "held"),
    [
        (Report(5, "done"), 2, "task:7", 0b11),
        (Report(5, "partly", 1), 1, None, 0),
        (Report(5, "skipped"), 0, None, 0),
    ],
)
def test_a_report_counts_the_sections_and_makes_history(report, done, key, held):
    outcome = apply(schedule({5: work(LAB, at(1, 1, 1, 2))}), changes(report))
    row = outcome.after.events[5]

    assert (row.state, row.done_sections, row.live_key, row.held) == (report.state, done, key, held)
    assert steps(outcome) == [("report", 5)]
    assert outcome.after.left(LAB) == 2 - done


def test_a_done_block_that_is_moved_and_reported_at_once_counts_its_new_length():
    row = apply(schedule({5: work(LAB, at(1, 1, 1, 2))}), changes(Report(5, "done"), Move(5, at(1, 2, 1, 4)))).after.events[5]

    assert (row.done_sections, row.place) == (4, at(1, 2, 1, 4))


def test_what_changes_nothing_is_no_step():
    state = schedule({5: work(LAB, at(1, 1, 1, 2), source_version=3)})

    outcome = apply(state, changes(Move(5, at(1, 1, 1, 2)), Pin(5, pinned=False), Report(5, "live"), Restore(MAIL)))

    assert (outcome.steps, outcome.after) == ((), state)


def test_moving_a_task_places_it_at_its_present_version():
    row = apply(schedule({5: work(LAB, at(1, 1, 1, 2), source_version=1)}), changes(Move(LAB, at(1, 2, 1, 2)))).after.events[5]

    assert row.source_version == 3


HOST, GUEST = meeting(LECTURE, at(1, 2, 1, 4)), work(ONE, at(1, 2, 3, 4, host=5))


def test_the_guest_of_a_removed_host_stands_on_its_own_and_holds_its_sections():
    outcome = apply(schedule({5: HOST, 6: GUEST, 9: meeting(LECTURE, at(2, 2, 1, 4))}), changes(Remove(5)))

    assert steps(outcome) == [("remove", 5), ("move", 6)]
    assert outcome.after.events[6].place == at(1, 2, 3, 4)
    assert outcome.after.held((1, 1, 2)) == mask_of(3, 4)


def test_the_guest_of_a_removed_host_goes_too_if_that_is_asked():
    outcome = apply(schedule({5: HOST, 6: GUEST, 9: meeting(LECTURE, at(2, 2, 1, 4))}), changes(Remove(5, "remove")))

    assert steps(outcome) == [("remove", 5), ("remove", 6)]


def test_what_the_set_says_of_a_guest_itself_counts():
    state = schedule({5: HOST, 6: GUEST, 9: meeting(LECTURE, at(2, 2, 1, 4))})

    moved = apply(state, changes(Remove(5, "remove"), Move(6, at(2, 2, 1, 2, host=9))))

    assert moved.after.events[6].place == at(2, 2, 1, 2, host=9)
    assert steps(apply(state, changes(Remove(5), Remove(6)))) == [("remove", 5), ("remove", 6)]


def test_a_guest_moves_along_with_its_host():
    outcome = apply(schedule({5: HOST, 6: GUEST}), changes(Move(5, at(2, 4, 5, 8))))

    assert outcome.after.events[6].place == at(2, 4, 7, 8, host=5)
    assert outcome.after.held((1, 2, 4)) == mask_of(5, 8)
    assert [each for each in judge(outcome) if each.severity == "error"] == []


def test_a_guest_for_which_its_host_becomes_too_short_is_in_the_way():
    assert [each.code for each in errors(schedule({5: HOST, 6: GUEST}), changes(Move(5, at(1, 2, 1, 2))))] == ["outside_host"]


@pytest.mark.parametrize("state", ["suspended", "skipped"])
def test_where_a_host_does_not_take_place_its_guest_stays_on_its_own(state):
    outcome = apply(schedule({5: HOST, 6: GUEST}), changes(Report(5, state)))

    assert outcome.after.events[6].place == at(1, 2, 3, 4)
    assert outcome.after.held((1, 1, 2)) == mask_of(3, 4)


def test_what_was_done_inside_a_host_does_not_move_with_it():
    guest = replace(GUEST, state="done", done_sections=2)

    away = apply(schedule({5: HOST, 6: guest}), changes(Move(5, at(2, 4, 5, 8)))).after
    near = apply(schedule({5: HOST, 6: guest}), changes(Report(5, "done"), Pin(6, pinned=True))).after

    assert away.events[6].place == at(1, 2, 3, 4)
    assert near.events[6].place == guest.place


@pytest.mark.parametrize("report", [Report(6, "skipped"), Report(6, "partly", 1)])
def test_a_guest_that_became_history_is_nobodys_and_its_sections_take_another(report):
    state = apply(schedule({5: HOST, 6: GUEST}), changes(report)).after

    assert (state.events[6].place, state.guests(5)) == (at(1, 2, 3, 4), ())
    assert state.held((1, 1, 2)) == mask_of(1, 4)
    assert errors(state, adding(LAB, at(1, 2, 3, 4, host=5))) == []


@pytest.mark.parametrize("order", [1, -1])
def test_history_that_counts_again_is_the_guest_of_the_filler_in_which_it_lies(order):
    state = apply(schedule({5: HOST, 6: GUEST}), changes(Report(6, "skipped"))).after
    both = [Report(5, "suspended"), Report(6, "done")]

    assert apply(state, changes(Report(6, "done"))).after.events[6].place.host == 5
    assert apply(state, changes(*both[::order])).after.events[6].place.host is None
    assert errors(state, changes(*both[::order])) == []


def test_history_that_counts_again_finds_its_place_taken_where_a_course_takes_no_guests():
    state = schedule({5: meeting(MATHS, at(1, 2, 1, 4)), 6: replace(work(ONE, at(1, 2, 3, 4)), state="skipped")})

    assert [each.code for each in errors(state, changes(Report(6, "done")))] == ["occupied"]


def test_a_course_goes_with_its_last_meeting():
    two = {5: meeting(MATHS, at(1, 1, 1, 2)), 6: meeting(MATHS, at(2, 1, 1, 2))}

    kept = apply(schedule(two), changes(Remove(5)))
    gone = apply(schedule(two), changes(Remove(5), Remove(6)))
    replaced = apply(schedule(two), changes(Remove(5), Remove(6), Add(MATHS, at(3, 1, 1, 2))))

    assert kept.after.facts.shown(MATHS)
    assert steps(gone) == [("remove", 5), ("remove", 6), ("hide", None)]
    assert not gone.after.facts.shown(MATHS)
    assert replaced.after.facts.shown(MATHS)


def test_hiding_a_course_takes_its_meetings_off_and_leaves_guests():
    outcome = apply(schedule({5: HOST, 6: GUEST}), changes(Hide(LECTURE)))

    assert steps(outcome) == [("hide", None), ("remove", 5), ("move", 6)]
    assert steps(apply(schedule({5: HOST, 6: GUEST}), changes(Hide(LECTURE, "remove"))))[-1] == ("remove", 6)


def test_hiding_an_item_takes_its_history_off_too():
    events = {5: work(ONE, at(1, 1, 1, 2), state="skipped"), 6: work(ONE, at(1, 2, 1, 2)), 7: work(TWO, at(1, 3, 1, 2))}

    outcome = apply(schedule(events), changes(Hide(ONE), Pin(6, pinned=True)))

    assert set(outcome.after.events) == {7}
    assert not outcome.after.facts.shown(ONE)


def test_hiding_a_class_hides_its_items():
    events = {5: work(ONE, at(1, 1, 1, 2)), 7: work(TWO, at(1, 3, 1, 2)), 8: work(LAB, at(1, 4, 1, 2))}

    outcome = apply(schedule(events), changes(Hide(Source.task_class(1))))

    assert set(outcome.after.events) == {8}
    assert not outcome.after.facts.shown(ONE)
    assert steps(outcome) == [("hide", None), ("remove", 5), ("remove", 7)]


def test_a_task_that_is_gone_already_can_still_be_released():
    state = schedule({5: work(Source.task(99), at(1, 1, 1, 2))})

    outcome = apply(state, changes(Hide(Source.task(99))))

    assert (steps(outcome), judge(outcome)) == ([("hide", None), ("remove", 5)], [])


def test_an_item_that_comes_back_onto_a_taken_order_pushes_later_ones_up():
    state = schedule(sources=but(ItemFacts(1, 1, 2, hidden=True)))

    items = apply(state, changes(Restore(ONE))).after.facts.items

    assert [items[number].order for number in (1, 2, 3, 4)] == [2, 3, 4, 5]


def test_an_item_that_comes_back_onto_a_free_order_pushes_nobody():
    state = schedule(sources=but(ItemFacts(1, 1, 1, hidden=True)))

    items = apply(state, changes(Restore(ONE))).after.facts.items

    assert [items[number].order for number in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_the_order_of_changes_does_not_matter():
    state = schedule(
        {5: HOST, 6: GUEST, 7: work(LAB, at(1, 1, 1, 2)), 8: work(MAIL, at(1, 1, 3, 4))}, sources=but(CourseFacts(2, is_filler=True))
    )
    one = (Move(7, at(1, 1, 3, 4)), Remove(6), Pin(8, pinned=True), Move(8, at(1, 1, 1, 2)), Move(5, at(3, 3, 1, 4)))

    assert apply(state, changes(*one)).after == apply(state, changes(*reversed(one))).after


def test_steps_survive_the_journal():
    outcome = apply(schedule({5: HOST, 6: GUEST}), changes(Hide(LECTURE), Add(LAB, at(1, 1, 1, 2))))

    assert unpack(pack(outcome.steps), tuple[Step, ...]) == outcome.steps


def test_a_guest_of_a_meeting_that_cannot_move_is_left_out_of_it():
    found = errors(schedule({5: HOST, 6: GUEST}), changes(Move(5, at(9, 1, 1, 4))))

    assert [(each.code, each.event) for each in found] == [("outside_term", 5)]


def test_the_same_thing_cannot_be_placed_by_naming_a_class():
    assert [each.code for each in errors(schedule(), adding(Source.task_class(1), at(1, 1, 1, 2)))] == ["source_missing"]
