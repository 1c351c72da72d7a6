"""Planning around what stands: it stays unless moving it is allowed and pays."""

from msgspec.structs import replace

from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Place, StudyClass
from tests.unit.services.schedule.planner.terms import MIDNIGHT, all_but, at, instance, items, places

TWO_PLACES = all_but({2: [1, 2], 9: [1, 2]}, range(14))
STANDING = Block("task:1", current=Place(2, 1, 2))
URGENT = Block("task:2", deadline=at(3), deadline_hard=True)


def test_a_standing_block_makes_room_for_one_that_fits_nowhere_else():
    answer = plan_instance(instance((STANDING, URGENT), holdings=TWO_PLACES))

    assert places(answer) == {"task:1": Place(9, 1, 2), "task:2": Place(2, 1, 2)}
    moved = next(placement for placement in answer.placements if placement.source == "task:1")
    assert moved.came_from == Place(2, 1, 2)
    assert {points.code: points.facts for points in moved.explanation.terms}["stability"] == {"moved": 1}


def test_it_stays_if_nothing_may_be_moved_and_the_other_one_says_so():
    answer = plan_instance(instance((STANDING, URGENT), holdings=TWO_PLACES, max_moves=0))

    assert places(answer) == {"task:1": Place(2, 1, 2)}
    assert [(left.source, left.causes[0].code) for left in answer.unplaced] == [("task:2", "max_moves")]


def test_a_pinned_block_stays_and_the_shortage_is_proven():
    pinned = Block("task:1", current=Place(2, 1, 2), pinned=True)
    answer = plan_instance(instance((pinned, URGENT), holdings=TWO_PLACES))

    assert places(answer) == {}
    assert answer.certificate.binding["placement"] == 1


def test_a_block_that_begins_before_the_freeze_horizon_stays():
    soon = Block("task:1", current=Place(0, 1, 2))
    urgent = Block("task:2", deadline=at(1), deadline_hard=True)
    work = {"holdings": all_but({0: [1, 2], 9: [1, 2]}, range(14))}

    frozen = plan_instance(instance((soon, urgent), freeze_minutes=9 * 60, **work))
    free = plan_instance(instance((soon, urgent), freeze_minutes=120, **work))

    assert places(frozen) == {}
    assert places(free) == {"task:1": Place(9, 1, 2), "task:2": Place(0, 1, 2)}


def test_a_heavier_block_never_throws_a_standing_one_out():
    light = Block("task:1", importance=1, current=Place(2, 1, 2))
    weighty = Block("task:2", importance=8)
    answer = plan_instance(instance((light, weighty), holdings=all_but({2: [1, 2]}, range(14))))

    assert places(answer) == {"task:1": Place(2, 1, 2)}
    assert [left.source for left in answer.unplaced] == ["task:2"]


def test_a_block_whose_place_has_become_illegal_is_free_and_did_not_move():
    dirty = Block("task:1", current=Place(3, 1, 2))
    answer = plan_instance(instance((dirty,), holdings=TWO_PLACES, max_moves=0))

    assert places(answer) == {"task:1": Place(2, 1, 2)}


def test_a_block_where_only_a_person_could_put_it_stays():
    odd = Block("task:1", current=Place(3, 2, 3))
    answer = plan_instance(
        instance((odd, *items(1, 1)), StudyClass(1, "steady", 3, 3), holdings=all_but({3: [1, 2, 3, 4, 5, 6]}, range(14)))
    )

    assert places(answer) == {"item:101": Place(3, 5, 6)}


def test_items_that_are_over_do_not_crowd_the_spread_of_what_is_left():
    done = tuple(Block(f"item:{order}", 1, order, current=Place(0, 2 * order - 1, 2 * order), pinned=True) for order in (1, 2))
    left = tuple(Block(f"item:{order}", 1, order) for order in (3, 4))
    asked = instance((*done, *left), StudyClass(1, "steady", 0, 13))

    assert [place.day for place in places(plan_instance(asked)).values()] == [8, 12]
    assert [place.day for place in places(plan_instance(_at_noon_of_day(5, asked))).values()] == [7, 11]


def test_a_make_up_block_owes_no_order_to_siblings_that_have_begun():
    begun = Block("item:2", 1, 2, current=Place(0, 1, 2))
    late = Block("item:1", 1, 1, makeup=True)
    study = StudyClass(1, "rapid", 0, 13)

    made_up = plan_instance(_at_noon_of_day(0, instance((late, begun), study)))
    kept = plan_instance(_at_noon_of_day(0, instance((Block("item:1", 1, 1), begun), study)))

    assert places(made_up) == {"item:1": Place(0, 5, 6)}
    assert places(kept) == {}
    assert set(kept.certificate.binding) == {"item_order"}


def _at_noon_of_day(day, asked):
    return replace(asked, now=MIDNIGHT + day * 1440 + 12 * 60)
