"""Each term of the cost, by its own small case."""

import pytest

from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.appraise import appraise
from smartflow.services.schedule.planner.instance import Block, Hours, Instance, LimitHours, Limits, Place, Preferences, StudyClass
from smartflow.services.schedule.planner.model import CostModel, Term, default_model
from tests.unit.services.schedule.planner.terms import all_but, at, host, instance, items


def costs(asked: Instance, *placed: Place) -> dict[str, int]:
    """The total of each term for the blocks at these places, in their order; terms of no cost are left out."""
    answer: Answer = appraise(asked, dict(zip((block.source for block in asked.blocks), placed, strict=False)))
    return {term.code: term.cost for term in answer.terms if term.cost}


def test_a_block_left_out_costs_its_importance_times_its_sections():
    assert costs(instance((Block("task:1", importance=8, sections=3), Block("task:2", importance=1)))) == {"unplaced": 26}


@pytest.mark.parametrize(("ends_late_by", "cost"), [(0, 0), (1, 9), (60, 9), (61, 10)])
def test_lateness_counts_started_hours_upon_eight(ends_late_by, cost):
    task = Block("task:1", importance=2, demand=3, deadline=at(0, 580 - ends_late_by))

    assert costs(instance((task,)), Place(0, 1, 2)).get("lateness", 0) == 2 * cost


def test_a_thin_cushion_costs_four_a_section():
    task = Block("task:1", demand=3, deadline=at(0, 715))

    assert costs(instance((task,)), Place(0, 1, 2))["cushion"] == 4 * (6 - 2)
    assert costs(instance((task,)), Place(0, 3, 4))["cushion"] == 4 * 6


def test_only_the_last_item_of_a_class_needs_a_cushion():
    asked = instance(items(1, 2, demand=3), StudyClass(1, "steady", 0, 0))

    assert costs(asked, Place(0, 1, 2), Place(0, 11, 12))["cushion"] == 24
    assert "cushion" not in costs(asked, Place(0, 1, 2), Place(0, 3, 4))


def test_daily_load_counts_started_half_hours_over_the_cap_and_thrice_beyond_eight_hours():
    work = [Block(f"task:{number}", sections=4, demand=1) for number in range(3)]
    asked = instance(work, preferences=Preferences(daily_cap=200))

    assert costs(asked, Place(0, 1, 4))["daily_load"] == 10 * 2  # 235 minutes
    assert costs(asked, Place(0, 1, 4), Place(0, 5, 8))["daily_load"] == 10 * 9  # 470
    assert costs(asked, Place(0, 1, 4), Place(0, 5, 8), Place(0, 9, 12))["daily_load"] == 10 * 10 + 30 * 7  # 680


@pytest.mark.parametrize(("demand", "first", "cost"), [(3, 1, 0), (3, 5, 12), (3, 9, 24), (1, 1, 8), (1, 9, 0), (2, 1, 4)])
def test_attention_costs_six_where_it_is_short_and_two_where_it_is_wasted(demand, first, cost):
    assert costs(instance((Block("task:1", demand=demand),)), Place(0, first, first + 1)).get("attention", 0) == cost


def test_attention_levels_are_the_persons_unless_they_speak_of_another_section_table():
    task = Block("task:1", demand=1)

    assert costs(instance((task,), preferences=Preferences(attention=(1,) * 12)), Place(0, 1, 2)) == {}
    assert costs(instance((task,), preferences=Preferences(attention=(1,) * 10)), Place(0, 1, 2)) == {"attention": 8}


def test_a_host_leaves_its_own_attention_and_each_embedded_section_costs_four():
    asked = instance((Block("task:1", demand=2, allow_fillers=True),), hosts=(host(7, 0, 1, 4, attention_left=1),))

    assert costs(asked, Place(0, 1, 2, 7)) == {"attention": 12, "embed": 8}


def test_off_preferred_hours_costs_eight():
    mornings = Preferences(preferred=(Hours(480, 720),))
    asked = instance((Block("task:1", demand=2),), preferences=mornings)
    wished = instance((Block("task:1", demand=2),), limits=Limits(hours=(LimitHours(480, 720),)))

    assert costs(asked, Place(0, 1, 2)) == {"attention": 4}
    assert costs(asked, Place(0, 5, 6)) == costs(wished, Place(0, 5, 6)) == {"attention": 8}


def test_a_class_may_have_hours_of_its_own():
    maths = StudyClass(1, "steady", 0, 0, preferred=(Hours(480, 720),), avoided=(Hours(600, 720),))
    asked = instance(items(1, 1), maths, preferences=Preferences(preferred=(Hours(840, 1080),)))

    assert costs(asked, Place(0, 1, 2))["attention"] == 4
    assert costs(asked, Place(0, 3, 4))["attention"] == 4 + 8


def test_steady_items_pay_for_days_off_target_and_for_sharing_a_day():
    asked = instance(items(1, 2, demand=3), StudyClass(1, "steady", 0, 7))  # targets: days 2 and 6

    assert "spacing" not in costs(asked, Place(2, 1, 2), Place(6, 1, 2))
    assert costs(asked, Place(2, 1, 2), Place(5, 1, 2))["spacing"] == 30
    assert costs(asked, Place(2, 1, 2), Place(2, 3, 4))["spacing"] == 30 * 4 + 60


def test_days_without_a_start_do_not_count_in_a_spread():
    asked = instance(items(1, 2, demand=3), StudyClass(1, "steady", 0, 7), holdings=all_but({}, [3, 4, 5, 6]))

    assert "spacing" not in costs(asked, Place(1, 1, 2), Place(7, 1, 2))  # usable days 0, 1, 2, 7


def test_rapid_items_pay_for_each_pair_passed_over():
    asked = instance(items(1, 1, demand=3), StudyClass(1, "rapid", 0, 7))

    assert costs(asked, Place(0, 3, 4))["spacing"] == 30
    assert costs(asked, Place(1, 1, 2)) == {"spacing": 180, "earliness": 1}


def test_fragmentation_counts_changes_of_class_without_a_rest_and_lone_sections():
    two = instance([Block("task:1", demand=3), Block("task:2", demand=3)])
    odd = instance([Block("task:1", demand=3), Block("task:2", demand=3, sections=1)])

    assert costs(two, Place(0, 1, 2), Place(0, 3, 4)) == {"fragmentation": 8}
    assert costs(two, Place(0, 1, 2), Place(1, 3, 4)) == {"earliness": 1}
    assert costs(odd, Place(0, 3, 4), Place(0, 2, 2)) == {"fragmentation": 8 + 3}


def test_what_holds_a_section_between_two_blocks_keeps_them_apart():
    times = instance([Block("task:1", demand=3, sections=1), Block("task:2", demand=3, sections=1)], holdings=all_but({0: [1, 3]}, [0]))

    assert "fragmentation" not in costs(times, Place(0, 1, 1), Place(0, 3, 3))


def test_heavy_neighbours_of_two_classes_cost_by_how_near_they_are():
    studies = (StudyClass(1, "steady", 0, 0, heavy=True), StudyClass(2, "steady", 0, 0, heavy=True))
    asked = instance((*items(1, 1, demand=3), *items(2, 1, demand=3)), *studies)

    assert costs(asked, Place(0, 1, 2), Place(0, 3, 4))["heavy"] == 5  # 35 minutes apart: 20 x 10 / 45, started
    assert "heavy" not in costs(asked, Place(0, 1, 2), Place(0, 5, 6))


def test_a_long_stretch_without_a_rest_costs_by_started_periods():
    study = StudyClass(1, "rapid", 0, 0)
    long = instance(items(1, 1, sections=4), study)
    heavy = instance(items(1, 1, sections=4), StudyClass(1, "rapid", 0, 0, heavy=True))
    split = instance(items(1, 2), study)

    assert costs(long, Place(0, 1, 4))["long_stretch"] == 10
    assert costs(heavy, Place(0, 1, 4))["long_stretch"] == 10 + 20
    assert "long_stretch" not in costs(split, Place(0, 1, 2), Place(0, 5, 6))


@pytest.mark.parametrize(("day", "cost"), [(0, 48), (2, 24), (9, 12)])
def test_moving_a_standing_block_costs_more_the_nearer_it_is(day, cost):
    standing = Block("task:1", demand=3, current=Place(10, 1, 2))
    asked = instance((standing,))

    assert costs(asked, Place(day, 1, 2)).get("stability") == cost
    assert "stability" not in costs(asked, Place(10, 1, 2))


def test_a_term_left_out_of_the_model_costs_nothing_and_another_weight_counts():
    only = CostModel((Term("earliness", 2, 5),))
    asked = instance((Block("task:1", demand=1),), model=only)
    answer = appraise(asked, {"task:1": Place(3, 1, 2)})

    assert answer.score == (0, 15, 0)
    assert {term.code for term in default_model().terms} > {"earliness"}
