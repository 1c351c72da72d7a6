"""Taking change sets back."""

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, Hide, Move, Pin, Remove, Report
from smartflow.client.schedule.place import Source
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.facts import ItemFacts
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.undo import refuse_all, undo
from smartflow.services.schedule.timetable.validate import judge
from smartflow.shared.calendar.sections import default_table
from tests.unit.services.schedule.timetable.world import (
    CLASS,
    LAB,
    LECTURE,
    MAIL,
    MATHS,
    ONE,
    TERM,
    TWO,
    adding,
    allowed,
    at,
    busy,
    but,
    changes,
    clock,
    meeting,
    noon,
    schedule,
    work,
)

EVENTS = {
    4: meeting(LECTURE, at(1, 2, 1, 4)),
    5: work(ONE, at(1, 2, 3, 4, host=4), pinned=True),
    6: work(LAB, at(1, 1, 1, 2), state="partly", done_sections=1, source_version=2),
    7: work(TWO, at(1, 3, 1, 2)),
    8: meeting(MATHS, at(1, 3, 5, 6), state="suspended"),
}
STATE = schedule(EVENTS)
ids = iter(range(1000, 10_000))


def done(state, *each):
    return apply(state, changes(*each), lambda _: next(ids))


def after(outcome, blame=77, **facts):
    """What the next one finds: the rows as the change set left them, and its name on those it touched."""
    touched = {step.event: blame for step in outcome.steps if step.event is not None}
    kept = {event: who for event, who in {**outcome.before.last_changes, **touched}.items() if event in outcome.after.events}
    return ScheduleState(outcome.after.facts, outcome.after.events, last_changes=kept, **facts)


@pytest.mark.parametrize(
    "each",
    [
        (Add(MAIL, at(1, 4, 1, 2)), Add(MATHS, at(2, 1, 1, 2))),
        (Move(7, at(1, 4, 1, 2)), Pin(7, pinned=True), Report(7, "done")),
        (Remove(4),),
        (Remove(4, "remove"), Remove(6)),
        (Move(4, at(1, 2, 5, 8)),),
        (Report(4, "suspended"),),
        (Move(8, at(2, 6, 1, 2)), Report(8, "live")),
        (Hide(LECTURE),),
        (Hide(Source.task_class(1)),),
        (Hide(LAB), Hide(ONE, "remove")),
        (Remove(8),),
        (Report(5, "skipped"), Move(5, at(1, 2, 1, 2))),
    ],
)
def test_undo_brings_everything_back_and_undo_of_undo_takes_it_again(each):
    outcome = done(STATE, *each)
    assert allowed(judge(outcome))

    back = undo(after(outcome), outcome.steps)
    again = undo(after(back.outcome), back.outcome.steps)

    assert (back.obstacles, again.obstacles) == ((), ())
    assert back.outcome.after == STATE
    assert again.outcome.after == outcome.after


def test_a_block_that_was_moved_since_stays_and_its_mover_is_named():
    first = done(STATE, Move(7, at(1, 4, 1, 2)))
    second = done(after(first, blame=1), Move(7, at(1, 5, 1, 2)))

    hindered = undo(after(second, blame=2), first.steps)

    assert [(each.step, each.cause, each.changed_by) for each in hindered.obstacles] == [(first.steps[0], "moved", 2)]


def test_a_block_that_was_removed_since_is_said_to_be():
    first = done(STATE, Move(7, at(1, 4, 1, 2)))
    second = done(after(first), Remove(7))

    assert [each.cause for each in undo(after(second), first.steps).obstacles] == ["removed"]


def test_a_place_that_was_taken_since_is_said_with_who_took_it():
    first = done(STATE, Remove(7))
    second = done(after(first, blame=1), Add(MAIL, at(1, 3, 2, 3)))

    hindered = undo(after(second, blame=2), first.steps).obstacles

    assert [(each.cause, each.changed_by, each.clashes[0].source) for each in hindered] == [("occupied", 2, MAIL)]


def test_a_place_that_an_outside_calendar_took_since_is_occupied():
    first = done(STATE, Remove(7))
    now = schedule(first.after.events, busy=[busy(3, 3, clock(8), clock(9))])

    assert [(each.cause, each.clashes[0].kind) for each in undo(now, first.steps).obstacles] == [("occupied", "busy")]


def test_an_item_that_was_placed_elsewhere_since_has_moved():
    first = done(STATE, Remove(7))
    second = done(after(first), Add(TWO, at(1, 5, 1, 2)))

    assert [each.cause for each in undo(after(second), first.steps).obstacles] == ["moved"]


def test_a_guest_whose_host_is_gone_cannot_go_back_into_it():
    first = done(STATE, Remove(5))
    second = done(after(first), Remove(4))

    assert [each.cause for each in undo(after(second, blame=2), first.steps).obstacles] == ["removed"]


def test_a_guest_whose_host_has_moved_cannot_go_back_into_it():
    first = done(STATE, Remove(5))
    second = done(after(first, blame=1), Move(4, at(2, 2, 1, 4)))

    assert [(each.cause, each.changed_by) for each in undo(after(second, blame=2), first.steps).obstacles] == [("moved", 2)]


def test_a_guest_whose_sections_have_another_guest_cannot_go_back():
    first = done(STATE, Remove(5))
    second = done(after(first), Add(MAIL, at(1, 2, 4, 4, host=4)))

    assert [each.cause for each in undo(after(second), first.steps).obstacles] == ["occupied"]


def test_what_was_erased_is_gone():
    first = done(STATE, Hide(TWO))
    erased = but(*[ItemFacts(number, 1, number) for number in (1, 3, 4)])
    now = schedule(first.after.events, sources=[each for each in erased if getattr(each, "order", 0) != 2])

    assert {each.cause for each in undo(now, first.steps).obstacles} == {"source_gone"}


def test_a_block_of_what_was_hidden_since_does_not_come_back():
    first = done(STATE, Remove(7))
    second = done(after(first), Hide(TWO))

    assert [each.cause for each in undo(after(second), first.steps).obstacles] == ["source_gone"]


def test_a_block_that_the_rules_forbid_by_now_cannot_come_back():
    first = done(STATE, Remove(7))
    now = schedule(first.after.events, sources=but(replace(CLASS, excluded_days=0b100)))

    assert [each.cause for each in undo(now, first.steps).obstacles] == ["not_undoable"]


def test_undoing_an_import_hides_its_courses_and_leaves_guests_on_their_own():
    imported = done(schedule(), Add(LECTURE, at(1, 1, 1, 4)))
    host = imported.steps[0].event
    used = done(after(imported), Add(ONE, at(1, 1, 1, 2, host=host)))

    back = undo(after(used), imported.steps)

    assert back.obstacles == ()
    assert [row.place for row in back.outcome.after.events.values()] == [at(1, 1, 1, 2)]
    assert not back.outcome.after.facts.shown(LECTURE)
    assert undo(after(back.outcome), back.outcome.steps).outcome.after == used.after


def test_a_guest_that_came_since_moves_back_with_its_host():
    first = done(STATE, Move(4, at(2, 2, 5, 8)))
    second = done(after(first), Add(MAIL, at(2, 2, 5, 6, host=4)))

    back = undo(after(second), first.steps)

    assert back.obstacles == ()
    assert {event: row.place for event, row in back.outcome.after.events.items() if row.source == MAIL}.popitem()[1] == at(
        1, 2, 1, 2, host=4
    )


def test_undo_works_at_any_later_time_and_warns_only():
    first = done(STATE, Remove(7))
    now = schedule(first.after.events, now=noon(5, 1))

    back = undo(now, first.steps)

    assert (back.obstacles, back.outcome.after.events) == ((), STATE.events)
    assert [each.code for each in back.warnings] == ["in_the_past"]


def test_undo_restores_a_task_whether_or_not_its_service_did_already():
    first = done(STATE, Hide(LAB))

    restored = schedule(first.after.events)
    assert undo(after(first), first.steps).outcome.after == undo(restored, first.steps).outcome.after == STATE


def test_an_item_that_comes_back_onto_a_taken_order_pushes_later_ones_up():
    first = done(STATE, Hide(TWO))
    edited = first.after.facts.with_class(CLASS, [ItemFacts(3, 1, 2), ItemFacts(4, 1, 3)])

    back = undo(ScheduleState(edited, first.after.events), first.steps)

    assert back.obstacles == ()
    assert [back.outcome.after.facts.items[number].order for number in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_a_change_set_of_a_term_is_refused_step_by_step():
    first = done(STATE, Move(7, at(1, 4, 1, 2)), Pin(8, pinned=True))

    assert [(each.step.event, each.cause) for each in refuse_all(first.steps)] == [(7, "not_undoable"), (8, "not_undoable")]


def test_one_block_that_changed_hinders_the_whole_undoing():
    first = done(STATE, Move(7, at(1, 4, 1, 2)), Add(MAIL, at(1, 5, 1, 2)))
    second = done(after(first), Pin(7, pinned=True))

    assert [each.step.event for each in undo(after(second), first.steps).obstacles] == [7]


def test_adding_is_undone_by_id_and_not_by_source():
    first = apply(schedule(), adding(LAB, at(1, 1, 1, 2)), lambda _: 50)
    swapped = schedule({51: first.after.events[50]})

    assert [each.cause for each in undo(swapped, first.steps).obstacles] == ["removed"]


def test_what_was_placed_since_it_was_restored_is_not_left_without_its_source():
    hidden = done(STATE, Hide(TWO))
    restored = undo(after(hidden), hidden.steps).outcome
    moved = done(after(restored), Remove(7), Add(TWO, at(1, 5, 1, 2)))

    hindered = undo(after(moved, blame=3), restored.steps).obstacles

    assert {(each.step.op, each.cause, each.changed_by) for each in hindered} == {("add", "removed", None), ("restore", "moved", 3)}


def test_a_place_that_the_term_was_cut_off_from_since_cannot_be_taken_again():
    first = done(STATE, Remove(6), Move(7, at(1, 4, 1, 2)))
    shorter = replace(TERM, term=replace(TERM.term, table=replace(default_table(), rows=default_table().rows[:1])))
    facts = replace(first.after.facts, terms={**first.after.facts.terms, 1: shorter})

    hindered = undo(ScheduleState(facts, first.after.events), first.steps).obstacles

    assert {(each.step.event, each.cause) for each in hindered} == {(6, "not_undoable"), (7, "not_undoable")}
