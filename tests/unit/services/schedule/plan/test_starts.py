"""Where a block of a plan could go: judged one by one, as the whole plan would be judged, and little enough work for a drag."""

from datetime import date

import pytest
from msgspec.structs import replace

from smartflow.client.schedule.classes import ClassRules
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.plan import PlanRequest, Score
from smartflow.client.schedule.term import TermView
from smartflow.client.schedule.violation import ranked
from smartflow.client.task import Quadrant, Task
from smartflow.services.schedule.plan.instance import Known
from smartflow.services.schedule.plan.model import Entry, StoredPlan, change_set
from smartflow.services.schedule.plan.starting import starts_in_plan
from smartflow.services.schedule.planner.answer import Explanation
from smartflow.services.schedule.timetable.facts import ItemFacts
from smartflow.services.schedule.timetable.validate import validate
from smartflow.shared.calendar.hours import Preferences
from tests.kit.counting import counted
from tests.unit.services.schedule.timetable.world import (
    BEFORE,
    CLASS,
    FOUR,
    LAB,
    LECTURE,
    MAIL,
    MATHS,
    ONE,
    SOURCES,
    TERM,
    THREE,
    TWO,
    at,
    but,
    meeting,
    noon,
    schedule,
    work,
)

VIEW = TermView(1, "Autumn", TERM.term, Preferences(), False, 0)
RULES = ClassRules("Probability", "auto", "steady", 4, date(2026, 9, 7), date(2026, 10, 30))


def known_of(state):
    tasks = {number: Task(number, 1, "", Quadrant.IMPORTANT, 2, BEFORE, BEFORE, 1) for number in (7, 8)}
    return Known(state, 1, {1: RULES}, {2: 2}, tasks)


def plan_of(places, **request):
    entries = tuple(Entry(source, place, "solver", Explanation(()), event=event) for source, place, event in places)
    asked = PlanRequest((1,), (7, 8), 1, **request)
    return StoredPlan("p", 1, 0, 1, "person", "open", asked, entries, (), Score((), (), 0.0, 0, "none"), BEFORE, BEFORE, BEFORE)


def told(violations):
    """What a violation says, whatever its place in its set."""
    return [
        (
            each.code,
            each.severity,
            each.subject,
            each.event,
            each.place,
            each.facts,
            sorted((other.kind, other.place.order) for other in each.collides_with),
        )
        for each in violations
    ]


# Item 1 was skipped and item 2 stands and may move; two guests share the lecture that takes them.
EVENTS = {
    5: meeting(MATHS, at(2, 1, 1, 2)),
    6: meeting(LECTURE, at(2, 2, 1, 4)),
    7: work(ONE, at(1, 1, 1, 2), state="skipped"),
    8: work(TWO, at(1, 2, 1, 2)),
    9: work(THREE, at(2, 3, 1, 2)),
}
PLACES = [
    (ONE, at(2, 1, 3, 4), None),
    (THREE, at(2, 4, 5, 6), 9),
    (FOUR, at(3, 1, 1, 2), None),
    (LAB, at(2, 2, 1, 2, host=6), None),
    (MAIL, at(2, 2, 3, 4, host=6), None),
]


@pytest.mark.parametrize("source", [ONE, THREE, FOUR, LAB, MAIL])
def test_a_place_is_judged_as_the_whole_plan_with_the_block_there_would_be(source):
    state = schedule(EVENTS, sources=but(replace(CLASS, end=date(2026, 10, 30))), now=noon(1, 4))
    plan = plan_of(PLACES, replan=(THREE,))

    def whole(place):
        entries = tuple(replace(entry, place=place) if entry.source == source else entry for entry in plan.entries)
        found = validate(state, change_set(replace(plan, entries=entries), state, base_version=None))
        return ranked(each for each in found if each.subject == source)

    starts = starts_in_plan(known_of(state), VIEW, plan, source, [2, 3])

    assert len({bool(start.violations) for start in starts}) == 2
    for start in starts:
        assert told(start.violations) == told(whole(start.place)), start.place


def test_a_block_that_the_plan_takes_off_may_be_put_anywhere_it_may_move():
    state = schedule(EVENTS, sources=but(replace(CLASS, end=date(2026, 10, 30))), now=noon(1, 4))
    plan = plan_of([each for each in PLACES if each[0] != THREE], replan=(THREE,))

    free = {start.place for start in starts_in_plan(known_of(state), VIEW, plan, THREE, [2]) if not start.violations}

    assert at(2, 3, 1, 2) in free
    assert at(2, 5, 1, 2) in free
    assert at(2, 1, 3, 4) not in free


def two_hundred():
    """A class whose items fill seven weeks in their order."""
    items = [ItemFacts(number, 1, number) for number in range(1, 201)]
    state = schedule(
        sources=(replace(CLASS, end=date(2026, 10, 30)), *(each for each in SOURCES if not isinstance(each, ItemFacts)), *items)
    )
    cells = [(week, day, first) for week in range(1, 8) for day in range(1, 8) for first in (1, 3, 5, 7, 9)]
    places = [(Source.item(n), at(week, day, first, first + 1), None) for n, (week, day, first) in enumerate(cells[:200], 1)]
    return known_of(state), plan_of(places)


def test_the_starts_of_a_plan_of_two_hundred_blocks_are_not_judged_by_the_whole_plan_each():
    known, plan = two_hundred()

    starts, calls = counted(lambda: starts_in_plan(known, VIEW, plan, Source.item(100), range(1, 9)))

    # Three times as much as it is; judging the whole plan for each place was thirty times as much.
    assert len(starts) > 300
    assert calls < 3_500_000


def test_a_violation_of_the_order_names_the_nearest_siblings_only():
    known, plan = two_hundred()

    last = starts_in_plan(known, VIEW, plan, Source.item(1), [7])[-1]

    (wrong,) = [each for each in last.violations if each.code == "item_order"]
    assert {each.source.id for each in wrong.collides_with} == set(range(2, 10))
