"""The planner's machinery by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.services.schedule.planner.appraise import offers
from smartflow.services.schedule.planner.chance import Chance
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Clock, Day, Grid, Instance, LimitHours, Limits, Place, StudyClass
from smartflow.services.schedule.planner.matching import Matching
from tests.unit.services.schedule.planner.terms import all_but, host, instance, items, places


@given(st.lists(st.sets(st.integers(0, 8)), max_size=7), st.data())
def test_a_matching_is_as_large_as_any(adjacency, data):
    demands = [data.draw(st.integers(0, 3)) for _ in adjacency]
    matching = Matching(9, [sorted(cells) for cells in adjacency], demands)
    matching.grow()

    units = [cells for cells, demand in zip(adjacency, demands, strict=True) for _ in range(demand)]
    assert sum(demands) - sum(matching.wanted) == _largest(units)
    assert all(cell in adjacency[owner] for cell, owner in enumerate(matching.owners) if owner >= 0)


def _largest(units):
    seats = {}

    def seat(rank, seen):
        for cell in units[rank] - seen:
            seen.add(cell)
            if cell not in seats or seat(seats[cell], seen):
                seats[cell] = rank
                return True
        return False

    return sum(seat(rank, set()) for rank in range(len(units)))


def test_draws_are_those_of_splitmix64():
    chance = Chance(1234567)

    assert [chance.draw() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_the_seed_changes_the_order_of_the_search_and_nothing_legal():
    answers = [plan_instance(instance(items(1, 4), StudyClass(1, "steady", 0, 9), seed=seed)) for seed in (1, 2)]

    assert [answer.status for answer in answers] == ["complete", "complete"]


def test_a_search_without_steps_is_the_fast_start():
    asked = instance(items(1, 4), StudyClass(1, "steady", 0, 9), steps=0)

    assert len(places(plan_instance(asked))) == 4


@pytest.mark.parametrize(
    "limits",
    [
        Limits(weekdays=(3,)),
        Limits(excluded_weekdays=(1, 2, 4, 5, 6, 7)),
        Limits(first_day=2, last_day=2),
        Limits(weekdays=(3,), hours=(LimitHours(840, 1080, hard=True),)),
    ],
)
def test_limits_are_walls(limits):
    answer = plan_instance(instance(items(1, 2), StudyClass(1, "steady", 0, 6), limits=limits))

    assert {place.weekday for place in places(answer).values()} == {3}


def test_every_aligned_place_in_the_window_is_offered_with_what_bars_it():
    asked = instance(
        (*items(1, 2), Block("task:9", current=Place(1, 1, 2), pinned=True)),
        StudyClass(1, "rapid", 0, 1),
        holdings=all_but({0: [1, 2, 3, 4], 1: range(1, 13)}, range(14)),
        hosts=(host(7, 1, 5, 6),),
    )
    found = {offer.place: offer.code for offer in offers(asked, "item:101", {"item:102": Place(0, 3, 4)})}

    assert len(found) == 12
    assert found[Place(0, 1, 2)] == ""
    assert found[Place(0, 3, 4)] == "item_order"
    assert found[Place(0, 5, 6)] == "occupied"
    assert found[Place(1, 1, 2)] == "occupied"
    assert found[Place(1, 5, 6, 7)] == "filler_not_allowed"
    assert found[Place(1, 3, 4)] == "item_order"


def test_offers_for_an_unknown_block_are_refused():
    with pytest.raises(LookupError):
        offers(instance(items(1, 1), StudyClass(1)), "item:999", {})


def test_a_table_with_an_odd_run_offers_only_aligned_places():
    times = [(480 + 60 * number, 525 + 60 * number) for number in range(6)]
    days = (Day(tuple(start for start, _ in times), tuple(end for _, end in times)),)
    table = Grid(tuple(Clock(start, end) for start, end in times), ((1, 3), (4, 6)), days)
    answer = plan_instance(Instance(0, table, items(1, 3), (StudyClass(1),)))

    assert list(places(answer).values()) == [Place(0, 1, 2), Place(0, 5, 6)]
    assert answer.certificate.lone_sections == 2
    assert answer.certificate.binding == {"crosses_break": 1}


def test_a_term_without_days_and_a_block_longer_than_any_run_are_answered():
    nowhere = plan_instance(instance((*items(1, 1), Block("task:1")), StudyClass(1), days=0))
    too_long = plan_instance(instance((Block("task:1", sections=5),)))

    assert [answer.status for answer in (nowhere, too_long)] == ["partial", "partial"]
    assert too_long.certificate.capacity == 0


def test_planning_sixty_blocks_into_twenty_weeks_takes_few_steps():
    work = [block for class_id in (1, 2, 3, 4) for block in items(class_id, 15)]
    classes = [StudyClass(class_id, "steady", 0, 139, excluded_weekdays=(7,)) for class_id in (1, 2, 3, 4)]
    half = all_but({day: [1, 2, 5, 6, 11, 12] for day in range(140)}, range(140))
    answer = plan_instance(instance(work, *classes, days=140, holdings=half))

    assert answer.status == "complete"
    assert answer.steps < 10_000
