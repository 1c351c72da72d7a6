"""The reasons of a placement are true: they can be computed again by doing what they speak of."""

from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Cushion
from smartflow.services.schedule.planner.appraise import appraise, offers
from smartflow.services.schedule.planner.cost import by_tier
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Holding, Host, Place, StudyClass
from tests.unit.services.schedule.planner.cases import instances
from tests.unit.services.schedule.planner.laws import broken
from tests.unit.services.schedule.planner.terms import all_but, at, instance, items, places

sometimes = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@sometimes
@given(instances(standing=False))
def test_the_best_other_place_costs_what_is_said_and_is_legal(instance):
    answer = plan_instance(instance)
    placed = places(answer)
    for placement in answer.placements:
        other = placement.explanation.alternative
        if other is None:
            continue
        changed = placed | {placement.source: other.place} | ({other.exchanged: placement.place} if other.exchanged else {})
        if other.exchanged:
            changed[other.exchanged] = replace(changed[other.exchanged], host=placement.place.host)
        moved = appraise(instance, changed)
        assert _less(moved.score, answer.score) == other.change
        assert by_tier(instance.model, ((term.code, term.points) for term in other.terms)) == other.change
        assert broken(instance, replace(moved, unplaced=answer.unplaced)) == []


@sometimes
@given(instances(standing=False))
def test_no_free_place_is_better_than_the_best_other_place(instance):
    answer = plan_instance(instance)
    for placement in answer.placements:
        found = offers(instance, placement.source, places(answer))
        free = [offer.change for offer in found if not offer.code and offer.place != placement.place]
        other = placement.explanation.alternative
        assert other is not None or not free
        assert all(other.change <= change for change in free)
        assert next(offer.change for offer in found if offer.place == placement.place) == (0, 0, 0)


@sometimes
@given(instances(standing=False))
def test_a_binding_place_is_cheaper_and_barred(instance):
    answer = plan_instance(instance)
    for placement in answer.placements:
        binding = placement.explanation.binding
        if binding is None:
            continue
        assert binding.change < (0, 0, 0)
        assert binding.code
        barred = {offer.place: offer for offer in offers(instance, placement.source, places(answer))}[binding.place]
        assert (barred.code, barred.change) == (binding.code, binding.change)


@sometimes
@given(instances())
def test_moving_one_block_changes_the_score_by_what_the_offers_say(instance):
    answer = plan_instance(instance)
    placed = places(answer)
    for placement in answer.placements[:2]:
        free = [offer for offer in offers(instance, placement.source, placed) if not offer.code]
        for offer in free[:: max(1, len(free) // 5)]:
            moved = appraise(instance, placed | {placement.source: offer.place})
            before = appraise(instance, placed)
            assert _less(moved.score, before.score) == offer.change


def test_a_course_on_the_better_place_is_named():
    blocked = all_but({0: [5, 6]}, [0])
    answer = plan_instance(instance(items(1, 1, demand=3), StudyClass(1, "steady", 0, 0), holdings=blocked))

    reason = answer.placements[0].explanation
    assert answer.placements[0].place == Place(0, 5, 6)
    assert reason.alternative is None
    assert (reason.binding.place, reason.binding.code) == (Place(0, 1, 2), "occupied")
    assert reason.binding.collides == ("event:1001", "event:1002")


def test_what_bars_a_better_place_is_named_by_its_violation():
    study = StudyClass(1, "steady", 0, 0, excluded_pairs=(1, 2))
    answer = plan_instance(instance(items(1, 1, demand=3), study))

    assert answer.placements[0].explanation.binding.code == "excluded_slot"
    assert answer.placements[0].explanation.binding.place == Place(0, 1, 2)


def test_a_busy_block_is_named_itself():
    answer = plan_instance(instance(items(1, 1, demand=3), StudyClass(1, "steady", 0, 0), holdings=(Holding("busy", 5, 0, 1, 4),)))

    binding = answer.placements[0].explanation.binding
    assert (binding.place, binding.code, binding.collides) == (Place(0, 1, 2), "busy", ("busy:5",))


def test_an_item_that_may_not_pass_its_sibling_says_so():
    standing = Block("item:1", 1, 1, current=Place(2, 1, 2), pinned=True)
    answer = plan_instance(instance((standing, Block("item:2", 1, 2)), StudyClass(1, "rapid", 0, 6)))

    binding = answer.placements[0].explanation.binding
    assert (binding.code, binding.collides) == ("item_order", ("item:1",))


def test_the_cushion_is_what_is_left_beyond_all_work_due_by_then():
    work = (Block("task:1", deadline=at(1)), Block("task:2", sections=3, deadline=at(2)))
    answer = plan_instance(instance(work, holdings=all_but({0: [1, 2, 3, 4, 7], 1: [5, 6, 7]}, range(14))))

    cushions = [placement.explanation.cushion for placement in answer.placements]
    assert cushions == [Cushion(sections=3, minutes=135, have=5, need=2), Cushion(sections=3, minutes=135, have=8, need=5)]


def test_a_filler_is_explained_by_its_embedding_and_the_attention_it_leaves():
    answer = plan_instance(
        instance((Block("task:1", demand=1, allow_fillers=True),), hosts=(Host(7, 0, 1, 2, 1),), holdings=all_but({0: [1, 2]}, range(14)))
    )

    terms = {points.code: points for points in answer.placements[0].explanation.terms}
    assert (terms["embed"].points, terms["attention"].points, terms["attention"].facts["level"]) == (8, 0, 1)


def _less(one, other):
    return tuple(a - b for a, b in zip(one, other, strict=True))
