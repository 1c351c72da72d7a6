"""What holds for every change set: held against a checker that does not know the judge."""

from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartflow.client.schedule.change import ChangeSet
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.undo import undo
from smartflow.services.schedule.timetable.validate import judge, validate
from tests.unit.services.schedule.timetable.laws import broken, on_busy
from tests.unit.services.schedule.timetable.walks import change_set, crowded, edited_class, shuffled
from tests.unit.services.schedule.timetable.world import allowed, standing_trouble

WALKS, STEPS = 20, 500
SEEDS = st.integers(0, 1 << 32)
often = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def lived_in(rng, steps=40):
    """A schedule after some accepted change sets."""
    state, ids = crowded(), count(10)
    for _ in range(steps):
        outcome = apply(state, change_set(rng, state), lambda _: next(ids))
        state = outcome.after if allowed(judge(outcome)) else state
    return state


@pytest.mark.parametrize("seed", range(WALKS))
def test_ten_thousand_random_change_sets_keep_the_laws_and_are_taken_back_exactly(seed):
    rng, ids = Random(seed), count(10)
    state, done = crowded(), []
    for _ in range(STEPS):
        outcome = apply(state, change_set(rng, state), lambda _: next(ids))
        violations = judge(outcome)
        wrong = [*broken(outcome.after), *on_busy(outcome)]
        assert allowed(violations) == (not wrong and not outcome.problems), (violations, wrong)
        if not allowed(violations):
            continue
        back = undo(outcome.after, outcome.steps)
        assert (back.obstacles, back.outcome.after) == ((), state)
        assert undo(back.outcome.after, back.outcome.steps).outcome.after == outcome.after
        done.append((state, outcome.steps))
        state = outcome.after
    assert len(done) > STEPS // 10
    for before, steps in reversed(done):
        back = undo(state, steps)
        assert (back.obstacles, back.outcome.after) == ((), before)
        state = back.outcome.after
    assert state == crowded()


@often
@given(SEEDS, st.integers(0, 39))
def test_undoing_an_older_change_set_keeps_the_laws_or_names_what_is_in_the_way(seed, at):
    rng, state, ids, done = Random(seed), crowded(), count(10), []
    while len(done) < 40:
        outcome = apply(state, change_set(rng, state), lambda _: next(ids))
        if outcome.steps and allowed(judge(outcome)):
            done.append(outcome.steps)
            state = outcome.after
    left = {step.event: step.after for step in done[at] if step.event is not None}
    changed = {event for event, row in left.items() if state.events.get(event) != row}

    back = undo(state, done[at])

    if changed:
        assert {each.step.event for each in back.obstacles if each.step.event and each.cause in {"moved", "removed"}} == changed
    elif not back.obstacles:
        assert broken(back.outcome.after) == []
        # A task may have come back by another door; then this is the second time.
        if all(step.op != "hide" or step.source.type != "task_pool" for step in done[at]):
            assert undo(back.outcome.after, back.outcome.steps).outcome.after == state


@often
@given(SEEDS)
def test_the_judge_does_not_look_at_the_order_of_changes_or_of_rows(seed):
    rng = Random(seed)
    state = lived_in(rng)
    one = change_set(rng, state)
    other, order = shuffled(rng, one)
    rows = list(state.events.items())
    rng.shuffle(rows)

    def said(violations, place):
        return sorted((str(each.subject), each.code, each.place and str(each.place.slot), place(each.index)) for each in violations)

    assert said(validate(state, one), lambda index: index) == said(validate(state, other), lambda index: order[index])
    assert validate(ScheduleState(state.facts, dict(rows)), one) == validate(state, one)


@often
@given(SEEDS)
def test_an_accepted_edit_of_a_class_breaks_no_law_for_its_live_blocks(seed):
    rng = Random(seed)
    state = lived_in(rng)
    facts, rules = edited_class(rng, state)
    edited = state.with_facts(facts)

    refused = not allowed(validate(edited, ChangeSet(edited=(rules.id,))))

    assert refused == any(edited.events[wrong[1]].state == "live" or wrong[0] == "order" for wrong in broken(edited))


@often
@given(SEEDS)
def test_judging_changes_nothing_and_says_the_same_again(seed):
    rng = Random(seed)
    state = lived_in(rng)
    before = ScheduleState(state.facts, dict(state.events))
    changes = change_set(rng, state)

    assert validate(state, changes) == validate(state, changes)
    assert state == before


@often
@given(SEEDS)
def test_the_index_of_a_changed_state_is_that_of_one_built_anew(seed):
    rng = Random(seed)
    state = lived_in(rng)
    anew = ScheduleState(state.facts, state.events)

    for event, row in state.events.items():
        assert sorted(state.on(row.day)) == sorted(anew.on(row.day))
        assert sorted(state.of(row.source)) == sorted(anew.of(row.source))
        assert sorted(state.guests(event)) == sorted(anew.guests(event))
    assert standing_trouble(state) == []
