"""What analysis finds in small schedules, and what holds for all of them."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from msgspec.structs import replace

from smartflow.services.schedule.analysis import texts
from smartflow.services.schedule.analysis.job import Job, Report, report, report_on
from smartflow.services.schedule.analysis.measure import WEIGHTS
from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.appraise import appraise
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Instance, Place, StudyClass
from smartflow.shared.kernel.codec import pack, unpack
from tests.unit.services.schedule.planner.cases import instances
from tests.unit.services.schedule.planner.laws import broken
from tests.unit.services.schedule.planner.terms import all_but, at, instance

HEAVY = StudyClass(1, heavy=True, strategy="rapid"), StudyClass(2, heavy=True, strategy="rapid")


def block(source: str, day: int, first: int, last: int, *, class_id: int | None = None, **more: object) -> Block:
    """A block that stands."""
    order = int(source.split(":")[1])
    return Block(source, class_id, order if class_id else 0, last - first + 1, current=Place(day, first, last), **more)


def examined(work: Instance, *, is_broken: bool = False) -> Report:
    return report_on(Job(work, (0, len(work.grid.days) - 1), broken=is_broken))


def codes(found: Report) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in found.findings]


def test_heavy_work_of_two_classes_side_by_side_is_counted_and_told() -> None:
    found = examined(instance([block("item:1", 3, 1, 2, class_id=1), block("item:2", 3, 3, 4, class_id=2)], *HEAVY))

    assert (found.rhythms[0].switches, found.rhythms[0].heavy, found.rhythms[0].fragmentation) == (1, 1, 1.0)
    assert ("heavy_adjacent", "warning") in codes(found)
    assert ("fragmented", "warning") not in codes(found)


def test_a_rest_or_a_meeting_between_two_blocks_keeps_them_apart() -> None:
    rested = examined(instance([block("item:1", 3, 3, 4, class_id=1), block("item:2", 3, 5, 6, class_id=2)], *HEAVY))
    course = all_but({3: [1, 2, 4, *range(5, 13)]}, [3])
    met = examined(instance([block("item:1", 3, 1, 2, class_id=1), block("item:2", 3, 4, 4, class_id=2)], *HEAVY, holdings=course))

    assert (rested.rhythms[0].heavy, met.rhythms[0].heavy) == (0, 0)


@pytest.mark.parametrize(("switching", "severity"), [((1, 2, 1), "warning"), ((1, 2, 1, 2, 1, 2), "critical"), ((1, 1, 1, 2, 2), None)])
def test_a_day_of_many_changes_is_fragmented(switching: tuple[int, ...], severity: str | None) -> None:
    blocks = [block(f"item:{n + 1}", 3, 2 * n + 1, 2 * n + 2, class_id=class_id) for n, class_id in enumerate(switching)]
    found = examined(instance(blocks, StudyClass(1), StudyClass(2)))

    assert [each.severity for each in found.findings if each.code == "fragmented"] == ([severity] if severity else [])


def test_one_class_for_too_long_without_a_rest_is_told_in_minutes() -> None:
    morning = [block("item:1", 3, 1, 2, class_id=1), block("item:2", 3, 3, 4, class_id=1)]
    around_noon = [block("item:3", 4, 3, 4, class_id=1), block("item:4", 4, 5, 6, class_id=1)]
    found = examined(instance([*morning, *around_noon], StudyClass(1)))

    assert [each.longest for each in found.rhythms] == [235, 100]
    assert [each.facts for each in found.findings if each.code == "long_stretch"] == [{"minutes": 235}]


def test_a_late_block_that_matters_caps_health_and_a_small_one_does_not() -> None:
    def health(importance: int) -> int:
        return examined(instance([block("task:1", 3, 1, 2, importance=importance, deadline=at(2))])).health

    late = examined(instance([block("task:1", 3, 1, 2, importance=8, deadline=at(2))]))
    assert late.findings[0] == replace(late.findings[0], code="late", facts={"hours": 34}, blocks=("task:1",), day=3)
    assert (health(8), late.values["punctual"]) == (59, 0)
    assert health(1) > 59


def test_a_broken_rule_caps_health_below_everything() -> None:
    work = instance([block("item:1", 3, 1, 2, class_id=1)], StudyClass(1))

    assert examined(work).health > 59
    assert examined(work, is_broken=True).health == 39


def test_more_work_than_time_is_proven_and_told_with_what_is_missing() -> None:
    blocks = [Block(f"item:{n}", 1, n) for n in (1, 2)]
    found = examined(instance(blocks, StudyClass(1, last_day=0), days=1, holdings=all_but({0: [9, 10]}, [0])))

    assert ("no_capacity", "critical") in codes(found)
    assert ("short_of_time", "critical") in codes(found)
    assert [(each.source, each.cushion.have, each.cushion.need) for each in found.deadlines] == [("class:1", 2, 4)]
    assert found.options[0].kind == "place"


def test_room_is_locked_where_nothing_can_move_tight_with_few_and_loose_with_many() -> None:
    shut = instance([block("item:1", 3, 9, 10, class_id=1)], StudyClass(1), days=4, holdings=all_but({3: [9, 10]}, range(4)))
    few = instance([block("item:1", 3, 9, 10, class_id=1)], StudyClass(1))
    many = instance([block(f"task:{n}", 3 + n, 9, 10) for n in range(1, 5)])
    swaps = instance([block(f"task:{n}", 3, n, n) for n in (1, 2, 3, 4)], days=4, holdings=all_but({3: [1, 2, 3, 4]}, range(4)))

    assert [examined(each).room for each in (shut, few, many, swaps)] == ["locked", "tight", "loose", "tight"]


def test_two_blocks_in_each_others_best_place_are_exchanged() -> None:
    first = block("task:1", 3, 9, 10, demand=3)
    second = block("task:2", 3, 1, 2, demand=1)
    work = instance([first, second], days=4, holdings=all_but({3: [1, 2, 9, 10]}, range(4)))

    best = examined(work).options[0]

    assert (best.kind, dict(best.moves)) == ("swap", {"task:1": Place(3, 1, 2), "task:2": Place(3, 9, 10)})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(instances())
def test_every_option_is_legal_costs_what_it_says_and_is_better(work: Instance) -> None:
    planned = plan_instance(work)
    placed = {each.source: each.place for each in planned.placements}
    left = {each.source for each in planned.unplaced}
    assume(all(each.current is None for each in work.blocks if each.source in left))
    stands = replace(work, blocks=tuple(replace(each, current=placed.get(each.source, each.current)) for each in work.blocks))

    found = unpack(report(pack(Job(stands, (0, len(work.grid.days) - 1)))), Report)

    before = {each.source: each.current for each in stands.blocks if each.current}
    assert 0 <= found.health <= 100
    assert list(found.values) == list(WEIGHTS)
    assert all(value is None or 0 <= value <= 1 for value in found.values.values())
    assert {each.code for each in found.findings} <= set(texts.ISSUES)
    assert len(found.options) <= 6
    assert (found.options[-1].kind, found.options[-1].health) == ("keep", found.health)
    assert max(Counter((source, place.day) for each in found.options for source, place in each.moves).values(), default=0) <= 1
    cost = appraise(stands, before).score
    for option in found.options[:-1]:
        after = appraise(stands, before | dict(option.moves))
        assert tuple(new - old for new, old in zip(after.score, cost, strict=True)) == option.change < (0, 0, 0)
        assert broken(stands, moved(after, option.moves)) == []


def moved(answer: Answer, moves: tuple[tuple[str, Place], ...]) -> Answer:
    """Judge what an option moved; what stood somewhere else is not its doing."""
    sources = {source for source, _ in moves}
    return replace(answer, placements=tuple(each for each in answer.placements if each.source in sources), unplaced=answer.unplaced)
