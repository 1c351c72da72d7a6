"""The planning examples that the product was accepted with."""

import pytest

from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Holding, Place, StudyClass
from tests.unit.services.schedule.planner.terms import all_but, grid, host, instance, items, places

TWO_DAYS = StudyClass(1, "steady", 0, 1)


def test_an_item_goes_to_the_only_free_pair_and_not_to_a_lone_section():
    answer = plan_instance(instance(items(1, 1), TWO_DAYS, holdings=all_but({0: [10], 1: [1, 2]}, range(14))))

    assert places(answer) == {"item:101": Place(1, 1, 2)}


def test_lone_sections_are_proven_to_be_no_pair():
    answer = plan_instance(instance(items(1, 1), TWO_DAYS, holdings=all_but({0: [10], 1: [10]}, range(14))))

    proof = answer.certificate
    assert (proof.demand, proof.capacity, proof.unit, proof.lone_sections) == (1, 0, "pair", 2)
    assert proof.binding["lone"] == 2
    assert [cause.code for cause in answer.unplaced[0].causes] == ["shortage", "course", "lone"]


def test_a_free_stretch_over_dinner_is_not_offered():
    answer = plan_instance(instance(items(1, 2), StudyClass(1, "steady", 0, 0), holdings=all_but({0: [8, 9, 11, 12]}, range(14))))

    assert places(answer) == {"item:101": Place(0, 11, 12)}
    assert [left.source for left in answer.unplaced] == ["item:102"]


def test_a_filler_over_dinner_hosts_nobody_for_two_reasons():
    study = StudyClass(1, "steady", 0, 0, allow_fillers=True)
    answer = plan_instance(instance(items(1, 1), study, hosts=(host(7, 0, 8, 9),), holdings=all_but({0: [8, 9]}, range(14))))

    assert answer.status == "partial"
    assert (answer.certificate.demand, answer.certificate.capacity, answer.certificate.lone_sections) == (1, 0, 2)
    assert answer.certificate.binding["crosses_break"] == 1
    assert answer.certificate.binding["lone"] == 2


def test_a_long_filler_hosts_two_guests_and_not_a_third():
    study = StudyClass(1, "steady", 0, 0, allow_fillers=True)
    answer = plan_instance(instance(items(1, 3), study, hosts=(host(7, 0, 1, 4),), holdings=all_but({0: [1, 2, 3, 4]}, range(14))))

    assert places(answer) == {"item:101": Place(0, 1, 2, 7), "item:102": Place(0, 3, 4, 7)}
    assert [left.source for left in answer.unplaced] == ["item:103"]


def test_a_host_section_with_a_guest_is_offered_to_nobody_else():
    study = StudyClass(1, "steady", 0, 0, allow_fillers=True)
    guest = Block("item:900", 9, 1, current=Place(0, 1, 2, 7), pinned=True)
    work = (guest, *items(1, 2))
    answer = plan_instance(instance(work, study, StudyClass(9), hosts=(host(7, 0, 1, 4),), holdings=all_but({0: [1, 2, 3, 4]}, range(14))))

    assert places(answer) == {"item:101": Place(0, 3, 4, 7)}
    assert answer.certificate.binding["host_taken"] == 1


@pytest.mark.parametrize("strategy", ["steady", "rapid"])
@pytest.mark.parametrize("seed", range(6))
def test_items_stand_in_their_order_for_every_seed_and_strategy(strategy, seed):
    half = tuple(Holding("course", 500 + n, day, 2 * pair - 1, 2 * pair) for n, (day, pair) in enumerate(_half_of(28)))
    answer = plan_instance(instance(items(1, 8), StudyClass(1, strategy, 0, 27), days=28, holdings=half, seed=seed))

    placed = places(answer)
    assert len(placed) == 8
    assert sorted(placed, key=lambda source: placed[source]) == [f"item:{100 + order}" for order in range(1, 9)]


def test_what_stands_on_the_last_sunday_holds_its_sections():
    sunday = StudyClass(1, "steady", 13, 13)
    event = Block("item:900", 9, 1, current=Place(13, 1, 2), pinned=True)
    answer = plan_instance(instance((event, *items(1, 6)), sunday, StudyClass(9)))

    assert len(places(answer)) == 5
    assert Place(13, 1, 2) not in places(answer).values()


def test_applied_items_stay_and_bind_the_order_of_the_others():
    standing = {2: Place(3, 5, 6), 4: Place(8, 1, 2), 7: Place(11, 9, 10)}
    work = tuple(Block(f"item:{order}", 1, order, current=standing.get(order), pinned=order in standing) for order in range(1, 9))
    answer = plan_instance(instance(work, StudyClass(1, "steady", 0, 13)))

    placed = places(answer)
    assert sorted(placed) == ["item:1", "item:3", "item:5", "item:6", "item:8"]
    together = placed | {f"item:{order}": place for order, place in standing.items()}
    assert sorted(together, key=lambda source: together[source]) == [f"item:{order}" for order in range(1, 9)]


def test_nothing_to_do_is_an_optimal_plan_and_no_error():
    answer = plan_instance(instance((), StudyClass(1), holdings=all_but({}, range(14))))

    assert (answer.status, answer.placements, answer.proof, answer.gap) == ("complete", (), "optimal", 0.0)


@pytest.mark.parametrize(
    ("study", "name"),
    [
        (StudyClass(1, excluded_pairs=(1, 2, 3, 4, 5, 6)), "excluded_slot"),
        (StudyClass(1, excluded_weekdays=(1, 2, 3, 4, 5, 6, 7)), "excluded_day"),
    ],
)
def test_an_exclusion_of_everything_is_named_as_binding(study, name):
    answer = plan_instance(instance(items(1, 1), study))

    assert answer.certificate.capacity == 0
    assert answer.certificate.binding == {name: 6 * 14}


def test_days_after_the_last_day_do_not_exist():
    answer = plan_instance(instance(items(1, 60), StudyClass(1, "steady", 0, 20), days=10))

    assert answer.status == "complete"
    assert max(place.day for place in places(answer).values()) < len(grid(days=10).days)


def _half_of(days):
    return [(day, pair) for day in range(days) for pair in range(1, 7) if (day + pair) % 2]
